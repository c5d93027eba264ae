"""Caches repeated work in MiniStack's authorization of calls by the same role.

The local stack spends most of its time on the functions' calls, and each function has its own role.
"""

from functools import lru_cache

from replace import replace


def install() -> None:
    """Wraps three functions. Callers never change the results, so they can share them."""
    from ministack.core import iam_evaluator

    iam_evaluator.parse_policy_document = _cached_for_text(iam_evaluator.parse_policy_document)
    # Each call's action is matched against every action in the role's policies.
    iam_evaluator.fnmatch_iam = lru_cache(maxsize=4096)(iam_evaluator.fnmatch_iam)
    # The original collects all of the caller's policies, as enforce() does again; the credential already has the ARN.
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
        arn = getattr(credential, "principal_arn", "")  # Missing when the key is unknown.
    return arn or f"arn:aws:iam::{account_id}:root"
