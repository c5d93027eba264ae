"""Makes MiniStack list IAM users in pages, as AWS does: 100 per page, or MaxItems, up to 1,000. MiniStack lists all at once.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
"""

import base64

from replace import replace


def install() -> None:
    """Replaces ListUsers."""
    from ministack.services import iam

    def list_users(p):
        prefix = iam._p(p, "PathPrefix") or "/"
        last_seen = base64.b64decode(iam._p(p, "Marker") or "").decode()
        size = min(int(iam._p(p, "MaxItems") or 100), 1000)
        # The marker is the last user's name, so that users created or deleted between pages don't shift the others.
        names = sorted(user["UserName"] for user in iam._users.values() if user["Path"].startswith(prefix))
        rest = [name for name in names if name > last_seen]
        members = "".join(f"<member>{iam._user_xml(name, boundary=False)}</member>" for name in rest[:size])
        more = "<IsTruncated>false</IsTruncated>"
        if len(rest) > size:
            marker = base64.b64encode(rest[size - 1].encode()).decode()
            more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
        return iam._xml(200, "ListUsersResponse", f"<ListUsersResult><Users>{members}</Users>{more}</ListUsersResult>")

    replace(iam._IAM_HANDLERS, "ListUsers", list_users)
