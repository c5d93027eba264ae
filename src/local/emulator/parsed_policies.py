"""Has MiniStack parse a policy once, where it parses all of a caller's policies twice for each call.

Most of what the local stack's time goes to is calls of functions, each under a role of its own.
"""

from functools import lru_cache


def install() -> None:
    """Wraps the parser. What it answers is read by everybody and changed by nobody, so one answer serves all."""
    from ministack.core import iam_evaluator

    inner = iam_evaluator.parse_policy_document
    parse_text = lru_cache(maxsize=512)(inner)

    def parse_policy_document(document):
        return parse_text(document) if isinstance(document, str) else inner(document)

    iam_evaluator.parse_policy_document = parse_policy_document
