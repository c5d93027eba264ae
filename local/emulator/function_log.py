"""Writes the functions' output to one file, line by line and at once, so that `tail -f` follows it.

MiniStack shows a function's output only after the invocation, in CloudWatch Logs.
"""

import threading

from replace import replace


def install(path: str) -> None:
    """Makes every worker of `ministack.core.lambda_runtime` copy its standard error to the file at `path`."""
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
                    pass  # A full disk. Keep reading, or the worker would block on its pipe.
        except (OSError, ValueError, AttributeError):
            pass  # The worker and its pipe are gone.

    replace(lambda_runtime.Worker, "_read_stderr", read_stderr)
