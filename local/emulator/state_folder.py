"""The folder of a saved state. Only one process at a time may use it."""

import fcntl
import os
import shutil
import time

LOCK = "lock"


class StateInUseError(Exception):
    """Another process uses the folder. `owner` is its process id, or "unknown"."""

    def __init__(self, owner):
        super().__init__(f"process {owner} uses it")
        self.owner = owner


def claim(folder, wait_seconds=20):
    """Locks the folder for this process and returns the open lock file. The system releases it when the process ends.

    Waits a moment, because the process before this one may still be waiting for its functions, and saving. Raises StateInUseError.
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
        pass  # A full disk. The owner's id is only for a message.
    return lock


def reset(folder, keep=()):
    """Deletes the folder's content, except the lock. The folder itself may be a mount point."""
    for name in os.listdir(folder):
        if name == LOCK or name in keep:
            continue
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
