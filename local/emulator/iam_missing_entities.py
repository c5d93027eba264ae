"""Makes MiniStack return NoSuchEntity where AWS does but MiniStack silently accepts a missing IAM user or policy.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
"""

USER_ACTIONS = ("ListAccessKeys", "DeleteAccessKey", "UpdateAccessKey", "ListMFADevices", "DeactivateMFADevice",
                "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile")
ATTACHING_ACTIONS = ("AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy")


def install() -> None:
    """Makes these actions check first that the user or policy exists."""
    from ministack.services import iam

    for action in USER_ACTIONS:
        iam._IAM_HANDLERS[action] = _with_user(iam, iam._IAM_HANDLERS[action])
    for action in ATTACHING_ACTIONS:
        iam._IAM_HANDLERS[action] = _with_policy(iam, iam._IAM_HANDLERS[action])
    iam._IAM_HANDLERS["DeleteAccessKey"] = _of_its_user(iam, iam._IAM_HANDLERS["DeleteAccessKey"])


def _with_user(iam, handler):
    def handle(p):
        name = iam._p(p, "UserName")
        if name and name not in iam._users:
            return iam._error(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
        return handler(p)

    return handle


def _with_policy(iam, handler):
    def handle(p):
        arn = iam._p(p, "PolicyArn")
        if not iam._policy_exists(arn):
            return iam._error(404, "NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
        return handler(p)

    return handle


def _of_its_user(iam, handler):
    """Another user's key isn't found."""
    def handle(p):
        name, key_id = iam._p(p, "UserName"), iam._p(p, "AccessKeyId")
        key = iam._access_keys.get(key_id)
        if name and key and key["UserName"] != name:
            return iam._error(404, "NoSuchEntity", f"The Access Key with id {key_id} cannot be found.")
        return handler(p)

    return handle
