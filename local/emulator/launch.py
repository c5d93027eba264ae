"""Runs MiniStack for the local stack, and stops it when the program that started it is gone.

Standard input is a pipe that the starter holds open and never writes to. Its end means stop, even if the starter was killed.
"""

import faulthandler
import json
import os
import signal
import sys
import threading
import traceback

import event_log_targets
import event_source_gate
import expired_items
import function_log
import http_api
import iam_delete_policy
import iam_delete_user
import iam_lag
import iam_missing_entities
import iam_names
import iam_pages
import iam_quotas
import iam_resource_paths
import iam_simulation
import iam_update_user
import iam_user_credentials
import log_filter
import own_callers
import queue_batches
import repeated_checks
import running_functions
import saved_streams
import secret_access_keys
import ses_account
import ses_identity_configuration_set
import ses_suppression_list
import sqs_batch_rights
import state_folder
import state_snapshots
import stream_batches
from saved_state import StateRefusedError

# Reports about the saved state, one line of JSON each. The starter reads them.
REPORTS = 3
# How long functions that run may take to finish before a stop. What isn't done by then is done after the next start.
FUNCTIONS_SECONDS = 5


def stop_when_starter_is_gone(limit_seconds, waits):
    sys.stdin.buffer.read()
    if waits:
        event_source_gate.close()
        running_functions.wait_until_done(
            FUNCTIONS_SECONDS, lambda names: report("waiting", functions=names, seconds=FUNCTIONS_SECONDS))
        report("drained")
    os.kill(os.getpid(), signal.SIGTERM)
    # If a shutdown hangs on an open connection, the process must still end soon after the starter.
    threading.Timer(limit_seconds, give_up).start()


def give_up():
    """Ends the process, and logs what it was waiting for."""
    faulthandler.dump_traceback(file=sys.stderr)
    os._exit(1)


def report(kind, **fields):
    try:
        os.write(REPORTS, (json.dumps({"kind": kind, **fields}) + "\n").encode())
    except OSError:
        pass  # The starter is gone.


def keep_state(ministack_app, folder, empty_first):
    """Returns a value that must stay referenced while the folder is used."""
    try:
        lock = state_folder.claim(folder)
        if empty_first:
            state_folder.reset(folder, keep=("sesame-state",))
        state_snapshots.install(ministack_app, folder, report)
        return lock
    except state_folder.StateInUseError as error:
        report("in-use", owner=error.owner)
    except StateRefusedError as error:
        report("refused", faults=error.faults)
    except OSError as error:
        report("refused", faults=[f"{error.filename or folder}: {error.strerror}."])
    # Not sys.exit, which would wait for our thread that waits for standard input.
    os._exit(1)


def main():
    token = os.environ.pop("SESAME_LOCAL_TOKEN", "")
    function_log_file = os.environ.pop("SESAME_FUNCTION_LOG")
    lag = os.environ.pop("SESAME_IAM_LAG", "")
    empty_state_first = os.environ.pop("SESAME_STATE_RESET", "") == "1"
    state_folder = os.environ.get("STATE_DIR")
    # A shutdown waits 3 s for open connections before it saves the state, which can be slow on a busy machine.
    limit_seconds = 25 if state_folder else 6
    threading.Thread(target=stop_when_starter_is_gone, args=(limit_seconds, bool(state_folder)), daemon=True).start()

    import ministack.app
    from ministack.core import lambda_runtime

    event_log_targets.install()
    expired_items.install()
    function_log.install(function_log_file)
    http_api.install(ministack.app)
    iam_resource_paths.install()
    iam_user_credentials.install()
    iam_update_user.install()
    iam_delete_policy.install()
    iam_delete_user.install()
    iam_quotas.install()
    iam_missing_entities.install()
    iam_pages.install()
    iam_simulation.install()
    log_filter.install()
    queue_batches.install()
    event_source_gate.install()
    repeated_checks.install()
    ses_account.install()
    ses_identity_configuration_set.install()
    secret_access_keys.install(ministack.app, token)
    ses_suppression_list.install()
    sqs_batch_rights.install()
    stream_batches.install()
    # After queue_batches, which calls functions in its own way.
    running_functions.install()
    saved_streams.install()
    # After all others, so that they get names as they are stored.
    iam_names.install()
    if lag:
        iam_lag.install(**json.loads(lag))
    lock = None
    if state_folder:
        os.set_inheritable(REPORTS, False)
        # After the others, so that it sees their requests too.
        lock = keep_state(ministack.app, state_folder, empty_state_first)
    # Around all others.
    own_callers.install(ministack.app, token)
    sys.argv = ["ministack"]
    try:
        ministack.app.main()
    finally:
        lambda_runtime.reset()
        if lock:
            lock.close()


try:
    main()
except Exception:
    traceback.print_exc()
    # Not sys.exit: see keep_state().
    os._exit(1)
