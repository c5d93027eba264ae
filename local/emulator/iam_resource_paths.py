"""Has MiniStack authorise IAM calls for the resource's whole ARN, as AWS does: `user/ses-smtp/name`, not `user/name`.

MiniStack leaves out the path of users, and knows no resource for CreatePolicy and GetAccessKeyLastUsed. Our policies allow one path only.
"""


def install() -> None:
    """Wraps the function that finds the resource of a call. app.py imports it for each call."""
    from ministack.core import iam_actions
    from ministack.services import iam

    inner = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, params, region, account_id):
        arn = inner(service, method, path, headers, body, params, region, account_id)
        if service != "iam":
            return arn
        action, name = iam._p(params, "Action"), iam._p(params, "UserName")
        prefix = f"arn:aws:iam::{account_id}"
        new_path = iam._p(params, "Path") or "/"
        if action == "CreatePolicy":
            return f"{prefix}:policy{new_path}{iam._p(params, 'PolicyName')}"
        if action == "CreateUser":
            return f"{prefix}:user{new_path}{name}"
        if not name and action == "GetAccessKeyLastUsed":
            key = iam._access_keys.get(iam._p(params, "AccessKeyId"))
            name = key["UserName"] if key else ""
        user = iam._users.get(name) if name and not iam._p(params, "RoleName") else None
        return user["Arn"] if user else arn

    iam_actions.extract_resource_arn = extract_resource_arn
