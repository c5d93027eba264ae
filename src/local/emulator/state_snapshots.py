"""Has MiniStack save its state while it runs, all services at once, and refuse a saved state that is damaged.

MiniStack saves at shutdown only and one file after the other, and it only logs what fails. So a crash loses everything
since the start, a full disk leaves new files beside old ones, and a file that can't be read counts as empty and is
overwritten at the next shutdown.

Here a snapshot is all or nothing:

 1. Every file that changed is written as NAME.json.next.
 2. saved.json, which holds the size and the SHA-256 of every file, is replaced by a rename. From here the snapshot counts.
 3. Every NAME.json.next is renamed to NAME.json.

A start finishes step 3 where a crash interrupted it. A .next file that saved.json doesn't know is a leftover of a
snapshot that never counted.
"""

import asyncio
import collections
import errno
import fcntl
import hashlib
import itertools
import json
import logging
import os
import shutil
import threading
import time
from datetime import datetime, timezone

INDEX = "saved.json"
LOCK = "lock"
INDEX_FORMAT = 1
SECONDS_AFTER_A_CHANGE = 1.0
# Some changes come without a request, such as a message that becomes visible again.
SECONDS_WITHOUT_REQUEST = 30.0
# A large state must not keep the emulator busy: saving gets a twentieth of the time at most.
REST_FACTOR = 20
# Without these three a state of MiniStack's own form is a part of one: records whose users or keys are gone.
BELONG_TOGETHER = {"dynamodb", "iam", "kms"}

logger = logging.getLogger("persistence")


class StateRefusedError(Exception):
    """The saved state can't be used. `faults` has one sentence for each thing that is wrong."""

    def __init__(self, faults):
        super().__init__(" ".join(faults))
        self.faults = faults


class StateInUseError(Exception):
    """Another process keeps its state in the folder. `owner` is its process id, or "unknown"."""

    def __init__(self, owner):
        super().__init__(f"process {owner} uses it")
        self.owner = owner


def claim(folder, wait_seconds=10):
    """Takes the folder for this process and returns the open lock file. The system gives it back when the process ends.

    Waits a moment, because the process before this one may still be saving. Raises StateInUseError.
    """
    lock = open(os.path.join(folder, LOCK), "a+")
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.seek(0)
                raise StateInUseError(lock.read().strip() or "unknown") from None
            time.sleep(0.1)
        except OSError:
            break  # A file system without locks.
    try:
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
    except OSError:
        pass  # A full disk. The name of the owner only serves a message.
    return lock


def reset(folder, keep=()):
    """Deletes what the folder holds, but neither the folder, which may be a mount point, nor the lock."""
    for name in os.listdir(folder):
        if name == LOCK or name in keep:
            continue
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)


class SavedState:
    """The files of one folder. Every method may be called from any thread."""

    def __init__(self, folder, known_keys):
        self._folder = folder
        self._known_keys = known_keys
        self._lock = threading.Lock()
        self._entries = {}  # state key -> {"bytes": n, "sha256": hex}, as in the index

    def load(self):
        """Returns {state key: text of its file}. Raises StateRefusedError, and changes nothing, if anything is damaged."""
        index = self._read_index()
        texts = self._read_plain_files() if index is None else self._read_indexed_files(index)
        self._remove_leftovers()
        return texts

    def commit(self, texts):
        """Saves {state key: text} as one snapshot. Keys that aren't given keep the file that they have.

        Raises OSError when it can't be done. Then the snapshot before it still stands.
        """
        with self._lock:
            # A file that somebody has removed meanwhile can't be kept.
            entries = {key: entry for key, entry in self._entries.items() if os.path.exists(self._path(f"{key}.json"))}
            changed = {}
            for key, text in texts.items():
                content = text.encode()
                entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                if entries.get(key) == entry:
                    continue
                entries[key] = entry
                changed[key] = content
            if not changed:
                return
            # What an earlier rename left undone must be done before its .next file is written anew.
            self._finish(self._entries)
            try:
                for key, content in changed.items():
                    self._write(f"{key}.json.next", content)
                index = {"format": INDEX_FORMAT, "saved_at": _now(), "files": entries}
                self._write(f"{INDEX}.next", json.dumps(index, indent=1).encode())
                os.replace(self._path(f"{INDEX}.next"), self._path(INDEX))
            except BaseException:
                for name in [*(f"{key}.json" for key in changed), INDEX]:
                    _remove(self._path(f"{name}.next"))
                raise
            self._sync_folder()
            self._entries = entries
            self._finish({key: entries[key] for key in changed})

    def _read_index(self):
        try:
            with open(self._path(INDEX), "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return None
        if not content:
            raise StateRefusedError([f"{INDEX} is empty."])
        try:
            index = json.loads(content)
            format_number, files = index["format"], index["files"]
            sound = all(isinstance(files[key]["bytes"], int) and files[key]["sha256"] for key in files)
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound or not isinstance(format_number, int):
            raise StateRefusedError([f"{INDEX} is damaged."])
        if format_number > INDEX_FORMAT:
            raise StateRefusedError([f"{INDEX} was written by a newer version."])
        return files

    def _read_indexed_files(self, index):
        texts, faults, to_rename = {}, [], []
        for key, entry in index.items():
            content = self._read(f"{key}.json")
            if _fits(content, entry):
                texts[key] = content.decode()
                continue
            coming = self._read(f"{key}.json.next")
            if _fits(coming, entry):
                texts[key] = coming.decode()
                to_rename.append(key)
            else:
                faults.append(_describe(f"{key}.json", content, entry))
        if faults:
            raise StateRefusedError(faults)
        self._entries = index
        self._finish({key: index[key] for key in to_rename})
        return texts

    def _read_plain_files(self):
        """Reads what MiniStack itself has saved, without an index."""
        texts, faults = {}, []
        for key in self._known_keys:
            content = self._read(f"{key}.json")
            if content is None:
                continue
            if not content.strip():
                faults.append(f"{key}.json is empty.")
                continue
            try:
                text = content.decode()
                if not isinstance(json.loads(text), dict):
                    raise ValueError("no object")
                texts[key] = text
            except ValueError:
                faults.append(f"{key}.json is damaged: it isn't complete JSON.")
        if texts and not faults:
            faults = [f"{key}.json is missing." for key in sorted(BELONG_TOGETHER - texts.keys())]
        if faults:
            raise StateRefusedError(faults)
        return texts

    def _finish(self, entries):
        for key, entry in entries.items():
            coming = self._path(f"{key}.json.next")
            if os.path.exists(coming) and _fits(self._read(f"{key}.json.next"), entry):
                os.replace(coming, self._path(f"{key}.json"))
        self._sync_folder()

    def _remove_leftovers(self):
        for name in os.listdir(self._folder):
            if name.endswith((".json.next", ".json.tmp")):
                _remove(self._path(name))

    def _write(self, name, content):
        descriptor = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)

    def _sync_folder(self):
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError:
            pass  # Some file systems can't. The files themselves are synced.
        finally:
            os.close(descriptor)

    def _read(self, name):
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _path(self, name):
        return os.path.join(self._folder, name)


def install(ministack_app, folder, report) -> None:
    """Replaces how `ministack.app` loads and saves. Call it before main().

    `report(kind, **fields)` is told: "saved" (at, last), "failed" (at, last, reason).

    Raises StateRefusedError when the folder's state can't be used.
    """
    from ministack.core import persistence
    from ministack.services import lambda_svc

    saved = SavedState(folder, ministack_app._state_map)
    states = {key: _parse(persistence, key, text) for key, text in saved.load().items()}
    _remove_damaged_code(lambda_svc.CODE_BLOB_DIR)
    # MiniStack deletes function code while it gathers. It must stay until a snapshot that doesn't name it is saved.
    prune_code = lambda_svc._prune_orphan_code_blobs
    referenced_code = []
    lambda_svc._prune_orphan_code_blobs = referenced_code.append

    def load():
        for key, module_name in ministack_app._state_map.items():
            if states.get(key):
                try:
                    ministack_app._get_module(module_name).load_persisted_state(states[key])
                except Exception as error:
                    logger.exception("Persistence: %s.json can't be loaded", key)
                    report("refused", faults=[f"{key}.json can't be loaded: {error!r}."])
                    os._exit(1)
        states.clear()

    # A snapshot is written in a thread. The last one, at the end, may overtake it, and must then not be followed by it.
    order = threading.Lock()
    numbers = itertools.count(1)
    begun = collections.deque(maxlen=1)
    newest = 0

    def gather():
        """The state of all services. Runs on the event loop, so that no request is under way meanwhile."""
        for attempt in range(5):
            try:
                referenced_code.clear()
                number, texts, at = next(numbers), {}, _now()
                begun.append(number)
                for key, get_state in ministack_app._build_persistence_save_dict().items():
                    state = get_state()
                    # None is said by a module that couldn't be imported. Its file stays.
                    if state is not None:
                        texts[key] = _to_text(persistence, key, state)
                return number, texts, list(referenced_code), at
            except RuntimeError:
                # Another thread has changed a dictionary while it was copied.
                if attempt == 4:
                    raise
                time.sleep(0.01)

    def commit(number, texts, code, at, last=False):
        nonlocal newest
        with order:
            if number < newest:
                return
            newest = number
            try:
                saved.commit(texts)
                # Code of a snapshot that is just being gathered is on disk already, and nobody names it yet.
                for referenced in code if begun[-1] == number else ():
                    prune_code(referenced)
                report("saved", at=at, last=last)
            except Exception as error:
                logger.error("Persistence: failed to save the state: %s", error)
                report("failed", at=at, last=last, reason=_reason(error))

    def try_gather(last=False):
        try:
            return gather()
        except Exception as error:
            logger.exception("Persistence: failed to gather the state")
            report("failed", at=_now(), last=last, reason=_reason(error))
            return None

    def save_last(_services):
        gathered = try_gather(last=True)
        if gathered:
            commit(*gathered, last=True)

    changes = asyncio.Event()

    async def save_after_changes():
        while True:
            try:
                await asyncio.wait_for(changes.wait(), SECONDS_WITHOUT_REQUEST)
                await asyncio.sleep(SECONDS_AFTER_A_CHANGE)
            except asyncio.TimeoutError:
                pass
            changes.clear()
            began = time.monotonic()
            gathered = try_gather()
            if gathered:
                await asyncio.to_thread(commit, *gathered)
            await asyncio.sleep((time.monotonic() - began) * REST_FACTOR)

    ministack_app._load_persisted_state = load
    ministack_app.save_all = save_last
    _watch(ministack_app, changes, save_after_changes)


def _watch(ministack_app, changes, save_after_changes):
    """Notes every request that may change something, and starts the saving when the server is up."""
    inner = ministack_app.app
    tasks = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            async def send_and_start(message):
                if message["type"] == "lifespan.startup.complete":
                    tasks.append(asyncio.create_task(save_after_changes()))
                await send(message)

            await inner(scope, receive, send_and_start)
            return
        try:
            await inner(scope, receive, send)
        finally:
            if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and not _reads_only(scope):
                changes.set()

    ministack_app.app = app


def _reads_only(scope):
    for name, value in scope["headers"]:
        if name.lower() == b"x-amz-target":
            action = value.rpartition(b".")[2]
            return action.startswith((b"Get", b"List", b"Describe", b"Query", b"Scan", b"BatchGet"))
    return False


def _to_text(persistence, key, state):
    wrapped = {"__ministack_format__": persistence._state_format_version(key), "payload": state}
    return json.dumps(wrapped, default=persistence._json_default)


def _parse(persistence, key, text):
    try:
        data = json.loads(text, object_hook=persistence._json_object_hook)
    except Exception as error:
        raise StateRefusedError([f"{key}.json is damaged: {error}."]) from error
    if not isinstance(data, dict) or "__ministack_format__" not in data:
        return data
    version = data["__ministack_format__"]
    if isinstance(version, int) and version > persistence._state_format_version(key):
        raise StateRefusedError([f"{key}.json was written by a newer MiniStack."])
    return data.get("payload")


def _remove_damaged_code(folder):
    """Function code is stored under its own digest. Whoever starts the emulator deploys what is missing."""
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            if f"{hashlib.sha256(file.read()).hexdigest()}.zip" != name:
                logger.warning("Persistence: removing damaged function code %s", name)
                os.remove(path)


def _fits(content, entry):
    return (content is not None and len(content) == entry["bytes"]
            and hashlib.sha256(content).hexdigest() == entry["sha256"])


def _describe(name, content, entry):
    if content is None:
        return f"{name} is missing."
    if not content:
        return f"{name} is empty."
    if len(content) != entry["bytes"]:
        return f"{name} isn't what was saved: it has {len(content)} bytes instead of {entry['bytes']}."
    return f"{name} isn't what was saved: its content was changed."


def _reason(error):
    if isinstance(error, OSError) and error.errno:
        return f"{os.strerror(error.errno)} ({errno.errorcode.get(error.errno, error.errno)})"
    return f"{type(error).__name__}: {error}"


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
