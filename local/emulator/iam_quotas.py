"""Makes MiniStack enforce IAM's quotas, as AWS does: 409 LimitExceeded. MiniStack itself enforces only that of policy versions.

Numbers: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. The messages are those that users of AWS report.
White space in a policy isn't counted.
"""

import re

USERS_PER_ACCOUNT = 5000
POLICIES_PER_ACCOUNT = 1500
ACCESS_KEYS_PER_USER = 2
POLICIES_PER_USER = 10
GROUPS_PER_USER = 10
VERSIONS_PER_POLICY = 5
TAGS_PER_USER = 50
INLINE_CHARACTERS_PER_USER = 2048
CHARACTERS_PER_MANAGED_POLICY = 6144


def install() -> None:
    """Makes each action that has a quota check it first."""
    from ministack.services import iam

    checks = {
        "CreateUser": _users,
        "CreateAccessKey": _access_keys,
        "PutUserPolicy": _inline_policies,
        "AttachUserPolicy": _attached_policies,
        "CreatePolicy": _managed_policies,
        "CreatePolicyVersion": _policy_versions,
        "AddUserToGroup": _groups,
        "TagUser": _tags,
    }
    for action, check in checks.items():
        iam._IAM_HANDLERS[action] = _checked(iam, check, iam._IAM_HANDLERS[action])


def _checked(iam, check, handler):
    def handle(p):
        words = check(iam, p)
        return iam._error(409, "LimitExceeded", words) if words else handler(p)

    return handle


def _quota(name, number):
    return f"Cannot exceed quota for {name}: {number}"


def _length(document):
    return len(re.sub(r"\s", "", document))


def _users(iam, p):
    # A cheap first check: it counts the users of all accounts.
    if len(iam._users._data) >= USERS_PER_ACCOUNT and iam._p(p, "UserName") not in iam._users:
        if len(iam._users) >= USERS_PER_ACCOUNT:
            return _quota("UsersPerAccount", USERS_PER_ACCOUNT)
    return None


def _access_keys(iam, p):
    """Inactive keys count too."""
    name, account_id = iam._p(p, "UserName"), iam.get_account_id()
    if not name:
        return None
    held = sum(key["UserName"] == name and owner == account_id for (owner, _), key in list(iam._access_keys._data.items()))
    return _quota("AccessKeysPerUser", ACCESS_KEYS_PER_USER) if held >= ACCESS_KEYS_PER_USER else None


def _inline_policies(iam, p):
    """All inline policies of a user together."""
    name = iam._p(p, "UserName")
    if name not in iam._users:
        return None
    policies = {**(iam._user_inline_policies.get(name) or {}), iam._p(p, "PolicyName"): iam._p(p, "PolicyDocument")}
    if sum(map(_length, policies.values())) > INLINE_CHARACTERS_PER_USER:
        return f"Maximum policy size of {INLINE_CHARACTERS_PER_USER} bytes exceeded for user {name}"
    return None


def _attached_policies(iam, p):
    attached = (iam._users.get(iam._p(p, "UserName")) or {}).get("AttachedPolicies", [])
    if len(attached) >= POLICIES_PER_USER and iam._p(p, "PolicyArn") not in attached:
        return _quota("PoliciesPerUser", POLICIES_PER_USER)
    return None


def _managed_policies(iam, p):
    if _length(iam._p(p, "PolicyDocument")) > CHARACTERS_PER_MANAGED_POLICY:
        return _quota("PolicySize", CHARACTERS_PER_MANAGED_POLICY)
    return _quota("PoliciesPerAccount", POLICIES_PER_ACCOUNT) if len(iam._policies) >= POLICIES_PER_ACCOUNT else None


def _policy_versions(iam, p):
    if _length(iam._p(p, "PolicyDocument")) > CHARACTERS_PER_MANAGED_POLICY:
        return _quota("PolicySize", CHARACTERS_PER_MANAGED_POLICY)
    policy = iam._policies.get(iam._p(p, "PolicyArn"))
    if policy and len(policy["Versions"]) >= VERSIONS_PER_POLICY:
        return ("A managed policy can have up to 5 versions. Before you create a new version, "
                "you must delete an existing version.")
    return None


def _groups(iam, p):
    name = iam._p(p, "UserName")
    groups = [group["GroupName"] for group in iam._groups.values() if name in group["Users"]]
    if len(groups) >= GROUPS_PER_USER and iam._p(p, "GroupName") not in groups:
        return _quota("GroupsPerUser", GROUPS_PER_USER)
    return None


def _tags(iam, p):
    user = iam._users.get(iam._p(p, "UserName"))
    keys = {tag["Key"].lower() for tag in [*(user or {}).get("Tags", []), *iam._extract_tags(p)]}
    if user and len(keys) > TAGS_PER_USER:
        return f"The number of tags has reached the maximum limit of {TAGS_PER_USER}."
    return None
