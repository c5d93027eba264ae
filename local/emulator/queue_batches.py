"""Has MiniStack's mappings of queues read a handler's report of failures as Lambda does.

MiniStack passes over what it can't read in a report, and deletes the messages. For Lambda the whole batch has failed when the
answer is no JSON, or when an item has no name, an empty one, or one that no message of the batch has:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

import json


def install() -> None:
    """Checks the answer before MiniStack reads it."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function
    run_batch = lambda_svc._run_sqs_batch

    def run_checked_batch(mapping, function, event, batch, queue_url, queue_name):
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
            return run_batch(mapping, function, event, batch, queue_url, queue_name)
        result = execute(function, event)
        if not result.get("error") and not _is_readable(result.get("body"), {message["id"] for message in batch}):
            result = {**result, "error": True, "body": {"errorType": "BadReport", "errorMessage": "unreadable report"}}
        # MiniStack asks for the answer itself: it gets the one that is there.
        return run_batch(mapping, {**function, ANSWER: result}, event, batch, queue_url, queue_name)

    def answer_or_execute(function, event):
        return function[ANSWER] if ANSWER in function else execute(function, event)

    lambda_svc._run_sqs_batch = run_checked_batch
    lambda_svc._execute_function = answer_or_execute


ANSWER = "answer that is there already"


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
