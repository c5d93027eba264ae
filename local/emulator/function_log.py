"""Writes what the functions print to one file, line by line and at once, so that `tail -f` follows them.

MiniStack itself shows a function's output only after the invocation, in CloudWatch Logs.
"""

import threading

from replace import replace


def install(path: str) -> None:
    """Has every worker of `ministack.core.lambda_runtime` copy its standard error to the file at `path`."""
    from ministack.core import lambda_runtime

    log = open(path, "a", encoding="utf-8", buffering=1)
    lock = threading.Lock()

    def read_stderr(worker):
        try:
            for line in worker._proc.stderr:
                text = line.rstrip("\n")
                worker._stderr_queue.put(text)
                try:
                    with lock:
                        log.write(f"{worker.func_name} {text}\n")
                except OSError:
                    pass  # A full disk. Reading goes on, or the worker would wait for ever to be read.
        except (OSError, ValueError, AttributeError):
            pass  # The worker has gone, and its pipe with it.

    replace(lambda_runtime.Worker, "_read_stderr", read_stderr)
