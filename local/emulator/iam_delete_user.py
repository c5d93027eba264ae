"""Makes MiniStack refuse to delete an IAM user that still has dependent resources, as AWS does: 409 DeleteConflict.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html lists what must be removed first. The messages are those
that users of AWS report. MiniStack checks only attached policies and access keys.
"""

from iam_user_credentials import CERTIFICATE, SERVICE_CREDENTIAL, SSH_KEY


def install() -> None:
    """Wraps DeleteUser."""
    from ministack.services import iam

    inner = iam._IAM_HANDLERS["DeleteUser"]

    def delete_user(p):
        name = iam._p(p, "UserName")
        user = iam._users.get(name)
        todo = user and _what_must_go_first(iam, user)
        if todo:
            return iam._error(409, "DeleteConflict", f"Cannot delete entity, must {todo} first.")
        answer = inner(p)
        if answer[0] == 200:
            iam._user_inline_policies.pop(name, None)
        return answer

    iam._IAM_HANDLERS["DeleteUser"] = delete_user


def _what_must_go_first(iam, user):
    name = user["UserName"]
    if iam._user_inline_policies.get(name):
        return "delete policies"
    if user["AttachedPolicies"]:
        return "detach all policies"
    if name in iam._login_profiles:
        return "delete login profile"
    if any(device.get("User") == name for device in iam._mfa_devices.values()):
        return "delete MFA device"
    if user.get(CERTIFICATE.field):
        return "delete certificates"
    if any(name in group["Users"] for group in iam._groups.values()):
        return "remove users from group"
    if user.get(SSH_KEY.field) or user.get(SERVICE_CREDENTIAL.field):
        return "remove referenced objects"
    return None  # MiniStack itself checks access keys.
