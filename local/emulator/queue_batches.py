"""Makes MiniStack's queue mappings read a handler's batch item failures as Lambda does.

MiniStack ignores what it can't read in the response, and deletes the messages. In Lambda the whole batch has failed if the
response isn't JSON, or if an item's identifier is missing, empty or unknown in the batch:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

import json


def install() -> None:
    """Checks the response before MiniStack reads it."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function
    run_batch = lambda_svc._run_sqs_batch

    def run_checked_batch(mapping, function, event, batch, queue_url, queue_name):
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
            return run_batch(mapping, function, event, batch, queue_url, queue_name)
        result = execute(function, event)
        if not result.get("error") and not _is_readable(result.get("body"), {message["id"] for message in batch}):
            result = {**result, "error": True, "body": {"errorType": "BadReport", "errorMessage": "unreadable report"}}
        # MiniStack invokes the function itself: give it this response.
        return run_batch(mapping, {**function, RESPONSE: result}, event, batch, queue_url, queue_name)

    def answer_or_execute(function, event):
        return function[RESPONSE] if RESPONSE in function else execute(function, event)

    lambda_svc._run_sqs_batch = run_checked_batch
    lambda_svc._execute_function = answer_or_execute


RESPONSE = "response to use"


def _is_readable(body, message_ids):
    if isinstance(body, str) and body:
        try:
            body = json.loads(body)
        except json.JSONDecodeError:
            return False
    if not body:
        return True  # Nothing has failed.
    if not isinstance(body, dict):
        return False
    items = body.get("batchItemFailures") or []
    return all(isinstance(item, dict) and item.get("itemIdentifier") in message_ids for item in items)
