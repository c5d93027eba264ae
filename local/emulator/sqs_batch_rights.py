"""Makes MiniStack ask for the right that AWS asks for when a batch goes to SQS: that of the single call.

IAM has no action `sqs:ChangeMessageVisibilityBatch`, so no policy names it, and MiniStack refused the call.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
"""

from replace import replace

BATCHES = ("sqs:ChangeMessageVisibilityBatch", "sqs:DeleteMessageBatch", "sqs:SendMessageBatch")


def install() -> None:
    """Wraps the function that finds a call's action. app.py imports it on each call."""
    from ministack.core import iam_actions

    inner = iam_actions.extract_iam_action

    def extract_iam_action(*args, **more):
        action = inner(*args, **more)
        return action.removesuffix("Batch") if action in BATCHES else action

    replace(iam_actions, "extract_iam_action", extract_iam_action)
