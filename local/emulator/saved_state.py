"""The files of a saved state, written and read as a whole.

MiniStack writes one file after the other, so a crash or a full disk leaves a mix of old and new files, and an unreadable file
counts as empty.

Here a snapshot is all or nothing:

 1. Every file that changed is written as NAME.json.next.
 2. saved.json, which holds the size and SHA-256 of every file, is replaced by a rename. This commits the snapshot.
 3. Every NAME.json.next is renamed to NAME.json.

After a crash, the next start finishes step 3. A .next file that isn't in saved.json belongs to a snapshot that was never
committed.
"""

import hashlib
import json
import os
import threading

INDEX = "saved.json"
INDEX_FORMAT = 1
# A state in MiniStack's own format must hold all three. Otherwise users or keys of its records would be missing.
BELONG_TOGETHER = {"dynamodb", "iam", "kms"}


class StateRefusedError(Exception):
    """The saved state can't be used. `faults` has one sentence for each fault."""

    def __init__(self, faults):
        super().__init__(" ".join(faults))
        self.faults = faults


class SavedState:
    """The files of one folder. All methods are thread-safe."""

    def __init__(self, folder, known_keys):
        self._folder = folder
        self._known_keys = known_keys
        self._lock = threading.Lock()
        self._entries = {}  # state key -> {"bytes": n, "sha256": hex}, as in the index

    def load(self):
        """Returns {state key: text of its file}. Raises StateRefusedError, without changing anything, if any file is damaged."""
        index = self._read_index()
        texts = self._read_plain_files() if index is None else self._read_indexed_files(index)
        self._remove_leftovers()
        return texts

    def commit(self, texts, at):
        """Saves {state key: text}, the state at a moment (ISO 8601), as one snapshot. Other keys keep their files.

        Raises OSError when it can't be done. Then the snapshot before it still stands.
        """
        with self._lock:
            # A file that was removed in the meantime can't be kept.
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
            # Finish an interrupted rename before its .next file is overwritten.
            self._finish(self._entries)
            try:
                for key, content in changed.items():
                    self._write(f"{key}.json.next", content)
                index = {"format": INDEX_FORMAT, "saved_at": at, "files": entries}
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
        """Reads a state that MiniStack itself saved, without an index."""
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
            pass  # Some file systems can't sync folders. The files themselves are synced.
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


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass
