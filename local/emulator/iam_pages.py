"""Has MiniStack list IAM users page by page, as AWS does: 100 a page, or MaxItems, up to 1,000. MiniStack lists all at once.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
"""

import base64

from replace import replace


def install() -> None:
    """Takes the place of ListUsers."""
    from ministack.services import iam

    def list_users(p):
        prefix = iam._p(p, "PathPrefix") or "/"
        last_seen = base64.b64decode(iam._p(p, "Marker") or "").decode()
        size = min(int(iam._p(p, "MaxItems") or 100), 1000)
        # A marker names the last user of a page: users that come and go in between move no other one.
        names = sorted(user["UserName"] for user in iam._users.values() if user["Path"].startswith(prefix))
        rest = [name for name in names if name > last_seen]
        members = "".join(f"<member>{iam._user_xml(name, boundary=False)}</member>" for name in rest[:size])
        more = "<IsTruncated>false</IsTruncated>"
        if len(rest) > size:
            marker = base64.b64encode(rest[size - 1].encode()).decode()
            more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
        return iam._xml(200, "ListUsersResponse", f"<ListUsersResult><Users>{members}</Users>{more}</ListUsersResult>")

    replace(iam._IAM_HANDLERS, "ListUsers", list_users)
