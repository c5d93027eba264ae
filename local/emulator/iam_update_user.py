"""Adds UpdateUser to MiniStack: an IAM user gets a new name or path and keeps its keys, policies, tags and groups.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html. The caller needs permission for the old and the new ARN:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html
"""

from urllib.parse import parse_qs


def install() -> None:
    """Adds the action, and the authorization for the new ARN."""
    from ministack.services import iam

    inner = iam.handle_request

    async def handle_request(method, path, headers, body, query_params):
        if b"Action=UpdateUser" in body:
            denied = _deny_new_arn(iam, headers, parse_qs(body.decode("utf-8", "replace")), query_params)
            if denied:
                return denied
        return await inner(method, path, headers, body, query_params)

    iam.handle_request = handle_request
    iam._IAM_HANDLERS["UpdateUser"] = lambda p: _update_user(iam, p)


def _update_user(iam, p):
    name = iam._p(p, "UserName")
    user = iam._users.get(name)
    if user is None:
        return iam._error(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
    new_name, new_path, new_arn = _renamed(iam, user, p)
    if new_name != name and iam._users.get(new_name) not in (None, user):
        return iam._error(409, "EntityAlreadyExists", f"User with name {new_name} already exists.")
    del iam._users[name]
    iam._users[new_name] = {**user, "UserName": new_name, "Path": new_path, "Arn": new_arn}
    if new_name != name:
        _rename_dependent_records(iam, name, new_name)
    return iam._xml(200, "UpdateUserResponse", "")


def _renamed(iam, user, p):
    name = iam._p(p, "NewUserName") or user["UserName"]
    path = iam._p(p, "NewPath") or user["Path"]
    return name, path, f"arn:aws:iam::{iam.get_account_id()}:user{path}{name}"


def _rename_dependent_records(iam, name, new_name):
    """Makes new records instead of changing old ones, which the history (iam_history.py) still holds."""
    for store in (iam._user_inline_policies, iam._login_profiles):
        if name in store:
            held = store.pop(name)
            store[new_name] = {**held, "UserName": new_name} if store is iam._login_profiles else held
    for key_id, key in iam._access_keys.items():
        if key["UserName"] == name:
            iam._access_keys[key_id] = {**key, "UserName": new_name}
    for serial, device in iam._mfa_devices.items():
        if device.get("User") == name:
            iam._mfa_devices[serial] = {**device, "User": new_name}
    for group_name, group in iam._groups.items():
        if name in group["Users"]:
            users = [new_name if member == name else member for member in group["Users"]]
            iam._groups[group_name] = {**group, "Users": users}


def _deny_new_arn(iam, headers, p, query_params):
    """AWS's refusal if the caller has no permission for the new ARN; otherwise None."""
    from ministack.core.iam_actions import access_denied_response
    from ministack.core.iam_evaluator import EvalResult, enforce
    from ministack.core.router import extract_access_key_id

    user = iam._users.get(iam._p(p, "UserName"))
    if user is None or iam._p(p, "Action") != "UpdateUser":
        return None
    arn = _renamed(iam, user, p)[2]
    denied = enforce(extract_access_key_id(headers, query_params), "iam:UpdateUser", "iam", iam.get_region(), resource_arn=arn)
    if not isinstance(denied, EvalResult):
        return None
    return access_denied_response("iam", "iam:UpdateUser", denied.principal_arn, iam.new_uuid(), headers=headers,
                                  resource_arn=arn, explicit_deny=denied.decision == "Deny")
