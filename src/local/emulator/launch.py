"""Runs MiniStack for the local stack, and ends it when the program that started it is gone.

Standard input is a pipe that the starter holds open and never writes to. Its end means stop, whatever killed the starter.
"""

import json
import os
import signal
import sys
import threading

import expired_items
import function_log
import iam_delete_user
import iam_lag
import iam_missing_entities
import iam_names
import iam_quotas
import iam_resource_paths
import iam_update_user
import iam_user_credentials
import queue_batches
import repeated_checks
import secret_access_keys
import ses_identity_configuration_set
import ses_suppression_list
import stream_batches


def stop_when_starter_is_gone():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    # A shutdown that hangs on an open connection must not outlive the starter for long.
    threading.Timer(6, lambda: os._exit(1)).start()


def main():
    token = os.environ.pop("SESAME_LOCAL_TOKEN", "")
    function_log_file = os.environ.pop("SESAME_FUNCTION_LOG")
    lag = os.environ.pop("SESAME_IAM_LAG", "")
    threading.Thread(target=stop_when_starter_is_gone, daemon=True).start()

    import ministack.app
    from ministack.core import lambda_runtime

    expired_items.install()
    function_log.install(function_log_file)
    iam_resource_paths.install()
    iam_user_credentials.install()
    iam_update_user.install()
    iam_delete_user.install()
    iam_quotas.install()
    iam_missing_entities.install()
    queue_batches.install()
    repeated_checks.install()
    ses_identity_configuration_set.install()
    secret_access_keys.install(ministack.app, token)
    ses_suppression_list.install()
    stream_batches.install()
    # After all others: what they compare is spelled as it is stored.
    iam_names.install()
    if lag:
        iam_lag.install(**json.loads(lag))
    sys.argv = ["ministack"]
    try:
        ministack.app.main()
    finally:
        lambda_runtime.reset()


main()
