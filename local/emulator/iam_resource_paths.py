"""Makes MiniStack authorize IAM calls for the resource's full ARN, as AWS does: `user/ses-smtp/name`, not `user/name`.

MiniStack omits the path of users, and has no resource for CreatePolicy, GetAccessKeyLastUsed and SimulatePrincipalPolicy. Our policies allow only one path.
Calls that read a log group are authorized for its streams: policies name `log-group:NAME:*`.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""


def install() -> None:
    """Wraps the function that finds a call's resource. app.py imports it on each call."""
    from ministack.core import iam_actions
    from ministack.services import iam

    inner = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, params, region, account_id):
        arn = inner(service, method, path, headers, body, params, region, account_id)
        if service == "logs" and arn and headers.get("x-amz-target", "").endswith(".FilterLogEvents"):
            return f"{arn}:log-stream:"
        if service != "iam":
            return arn
        action, name = iam._p(params, "Action"), iam._p(params, "UserName")
        prefix = f"arn:aws:iam::{account_id}"
        new_path = iam._p(params, "Path") or "/"
        if action == "CreatePolicy":
            return f"{prefix}:policy{new_path}{iam._p(params, 'PolicyName')}"
        if action == "SimulatePrincipalPolicy":
            return iam._p(params, "PolicySourceArn") or arn
        if action == "CreateUser":
            return f"{prefix}:user{new_path}{name}"
        if not name and action == "GetAccessKeyLastUsed":
            key = iam._access_keys.get(iam._p(params, "AccessKeyId"))
            name = key["UserName"] if key else ""
        user = iam._users.get(name) if name and not iam._p(params, "RoleName") else None
        return user["Arn"] if user else arn

    iam_actions.extract_resource_arn = extract_resource_arn
