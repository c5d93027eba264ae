"""Knows which functions run, so that a stop can wait for them.

A function that is cut off leaves its record claimed, and whoever comes next has to wait for the claim's end.
"""

import contextlib
import itertools
import threading
import time

from replace import replace

# A batch may be on its way from a mapping to its function when nothing seems to run.
QUIET_SECONDS = 0.1

_names: dict[int, str] = {}
_numbers = itertools.count()
_changed = threading.Condition()


def install() -> None:
    """Counts every invocation, and what MiniStack does with the answer to a batch of a queue."""
    from ministack.services import lambda_svc

    execute, run_batch = lambda_svc._execute_function, lambda_svc._run_sqs_batch

    def execute_counted(function, event):
        config = function.get("config") or function
        with running(config.get("FunctionName", "unknown")):
            return execute(function, event)

    def run_batch_counted(mapping, *rest):
        with running(mapping["FunctionName"]):
            return run_batch(mapping, *rest)

    replace(lambda_svc, "_execute_function", execute_counted)
    replace(lambda_svc, "_run_sqs_batch", run_batch_counted)


@contextlib.contextmanager
def running(name: str):
    """Counts the function as running until the end of the block."""
    with _changed:
        number = next(_numbers)
        _names[number] = name
    try:
        yield
    finally:
        with _changed:
            del _names[number]
            _changed.notify_all()


def wait_until_done(limit_seconds: float, on_wait) -> None:
    """Waits until no function runs, for so many seconds at most. `on_wait(names)` is called once if there is something to wait for."""
    deadline = time.monotonic() + limit_seconds
    is_told = False
    while True:
        time.sleep(QUIET_SECONDS)
        with _changed:
            names = sorted(set(_names.values()))
        if not names or time.monotonic() > deadline:
            return
        if not is_told:
            on_wait(names)
            is_told = True
        with _changed:
            _changed.wait_for(lambda: not _names, max(0.0, deadline - time.monotonic()))
