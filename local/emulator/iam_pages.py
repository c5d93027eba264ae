"""Makes MiniStack list IAM users and managed policies in pages, as AWS does: 100 per page, or MaxItems, up to 1,000. MiniStack lists all
at once.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
"""

import base64
import binascii
import re

from replace import replace

LIMITS = (1, 1000)


def install() -> None:
    """Replaces ListUsers, and cuts the list of ListPolicies into pages."""
    from ministack.services import iam

    def list_users(p):
        prefix = iam._p(p, "PathPrefix") or "/"
        names = [user["UserName"] for user in iam._users.values() if user["Path"].startswith(prefix)]
        return _list_page(iam, p, "Users", {name: name for name in names}, lambda name: iam._user_xml(name, boundary=False))

    def list_policies(p):
        prefix = iam._p(p, "PathPrefix") or "/"
        scope = iam._p(p, "Scope") or "All"
        only_attached = (iam._p(p, "OnlyAttached") or "").lower() == "true"
        usage_counts = iam._boundary_usage_counts()
        policies = {}
        for policies_of_scope, hidden_by in ((iam._policies, "AWS"), (iam._aws_managed_policies, "Local")):
            if scope != hidden_by:
                policies.update({policy["PolicyName"]: arn for arn, policy in policies_of_scope.items()
                                 if policy.get("Path", "/").startswith(prefix)
                                 and (policy.get("AttachmentCount", 0) > 0 or not only_attached)})
        return _list_page(iam, p, "Policies", policies, lambda arn: iam._managed_policy_xml(arn, usage_counts))

    replace(iam._IAM_HANDLERS, "ListUsers", list_users)
    replace(iam._IAM_HANDLERS, "ListPolicies", list_policies)


def _list_page(iam, p, what, entities, to_xml):
    """The answer with one page of entities, in the order of their names.

    The marker is the last entity's name, so that entities created or deleted between pages don't shift the others.
    """
    size = _read_size(iam._p(p, "MaxItems"))
    if isinstance(size, str):
        return iam._error(400, "ValidationError", size)
    last_seen = _read_marker(iam._p(p, "Marker"))
    if last_seen is None:
        return iam._error(400, "ValidationError", "Invalid Marker.")
    rest = [name for name in sorted(entities) if name > last_seen]
    members = "".join(f"<member>{to_xml(entities[name])}</member>" for name in rest[:size])
    more = "<IsTruncated>false</IsTruncated>"
    if len(rest) > size:
        marker = base64.b64encode(rest[size - 1].encode()).decode()
        more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
    result = f"List{what}Result"
    return iam._xml(200, f"List{what}Response", f"<{result}><{what}>{members}</{what}>{more}</{result}>")


def _read_size(text):
    """The number of entities per page, or AWS's message if it isn't allowed."""
    if not text:
        return 100
    refused = f"1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy constraint: Member must "
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return refused + "be an integer"
    lowest, highest = LIMITS
    if int(text) < lowest:
        return refused + f"have value greater than or equal to {lowest}"
    if int(text) > highest:
        return refused + f"have value less than or equal to {highest}"
    return int(text)


def _read_marker(text):
    """The name of the last entity that was listed, "" for the first page; None if we didn't make the marker."""
    try:
        name = base64.b64decode(text or "", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return name if re.fullmatch(r"[\w+=,.@-]*", name, re.ASCII) else None
