"""Makes MiniStack save its state while it runs, all services at once, and refuse a damaged state.

MiniStack saves only at shutdown, one file after the other, and only logs failures. So a crash loses everything since the start, a
full disk leaves a mix of old and new files, and an unreadable file counts as empty and is overwritten at the next shutdown.

Here a snapshot is atomic: see saved_state.py.
"""

import asyncio
import collections
import errno
import hashlib
import itertools
import json
import logging
import os
import threading
import time
from datetime import datetime, timezone

import saved_streams
from replace import replace
from saved_state import SavedState, StateRefusedError

SECONDS_AFTER_A_CHANGE = 1.0
# Some changes happen without a request, such as a message that becomes visible again.
SECONDS_WITHOUT_REQUEST = 30.0
# A large state must not keep the emulator busy: saving gets at most a twentieth of the time.
REST_FACTOR = 20

logger = logging.getLogger("persistence")


def install(ministack_app, folder, report) -> None:
    """Replaces how `ministack.app` loads and saves. Call it before main().

    Calls `report(kind, **fields)`: "saved" (at, last), "failed" (at, last, reason).

    Raises StateRefusedError when the folder's state can't be used.
    """
    from ministack.core import persistence
    from ministack.services import lambda_svc

    saved = SavedState(folder, ministack_app._state_map)
    states = {key: _parse(persistence, key, text) for key, text in saved.load().items()}
    _remove_damaged_code(lambda_svc.CODE_BLOB_DIR)
    # MiniStack deletes unused function code while it collects the state. The code must stay until a snapshot without it is saved.
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
        saved_streams.correct_positions()

    # Snapshots are written in a thread. If the last one, at the end, overtakes another, that one must be skipped.
    order = threading.Lock()
    numbers = itertools.count(1)
    begun = collections.deque(maxlen=1)
    newest = 0

    def gather():
        """Collects the state of all services. Runs on the event loop, so that no request interleaves."""
        for attempt in range(5):
            try:
                referenced_code.clear()
                number, texts, at = next(numbers), {}, _now()
                begun.append(number)
                for key, get_state in ministack_app._build_persistence_save_dict().items():
                    state = get_state()
                    # A module that couldn't be imported returns None. Its file stays.
                    if state is not None:
                        texts[key] = _to_text(persistence, key, state)
                return number, texts, list(referenced_code), at
            except RuntimeError:
                # Another thread changed a dictionary while it was copied.
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
                saved.commit(texts, at)
                # Code of a snapshot that is being collected is already on disk, but not referenced yet.
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

    replace(ministack_app, "_load_persisted_state", load)
    replace(ministack_app, "save_all", save_last)
    _watch(ministack_app, changes, save_after_changes)


def _watch(ministack_app, changes, save_after_changes):
    """Records every request that may change something, and starts saving when the server is up."""
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
    """Function code is stored under its digest. Missing code is deployed again on each start."""
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            if f"{hashlib.sha256(file.read()).hexdigest()}.zip" != name:
                logger.warning("Persistence: removing damaged function code %s", name)
                os.remove(path)


def _reason(error):
    if isinstance(error, OSError) and error.errno:
        return f"{os.strerror(error.errno)} ({errno.errorcode.get(error.errno, error.errno)})"
    return f"{type(error).__name__}: {error}"


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
