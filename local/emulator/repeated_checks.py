"""Has MiniStack do once what it does again and again to authorise the calls of one role.

Most of what the local stack's time goes to is calls of functions, each under a role of its own.
"""

from functools import lru_cache

from replace import replace


def install() -> None:
    """Wraps three functions. Their answers are read by everybody and changed by nobody, so one answer serves all."""
    from ministack.core import iam_evaluator

    iam_evaluator.parse_policy_document = _cached_for_text(iam_evaluator.parse_policy_document)
    # A call's action is matched with every action that the role's policies name.
    iam_evaluator.fnmatch_iam = lru_cache(maxsize=4096)(iam_evaluator.fnmatch_iam)
    # It gathers all of the caller's policies, and enforce() gathers them again; the credential knows the ARN.
    replace(iam_evaluator, "request_caller_arn", _request_caller_arn)


def _cached_for_text(parse):
    parse_text = lru_cache(maxsize=512)(parse)
    return lambda document: parse_text(document) if isinstance(document, str) else parse(document)


def _request_caller_arn(headers, query_params=None):
    from ministack.core.iam_evaluator import resolve_credential
    from ministack.core.responses import _account_from_sts_session, get_account_id
    from ministack.core.router import extract_access_key_id

    account_id = get_account_id()
    access_key_id = extract_access_key_id(headers or {}, query_params or {})
    arn = ""
    if access_key_id:
        credential = resolve_credential(access_key_id, _account_from_sts_session(access_key_id) or account_id)
        arn = getattr(credential, "principal_arn", "")  # Not there when the key is unknown.
    return arn or f"arn:aws:iam::{account_id}:root"
