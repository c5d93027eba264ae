"""Has MiniStack authorise IAM calls for the resource's whole ARN, as AWS does: `user/ses-smtp/name`, not `user/name`.

MiniStack leaves out the path of users, and knows no resource for CreatePolicy. Our policies allow one path only.
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
        if arn == f"{prefix}:user/{name}":
            user = iam._users.get(name)
            return user["Arn"] if user else arn
        return arn

    iam_actions.extract_resource_arn = extract_resource_arn
