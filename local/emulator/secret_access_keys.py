"""Adds two routes to MiniStack that the local SMTP endpoint needs and no AWS API offers.

An SMTP password is checked with the secret access key, which IAM never returns:

    GET  /_sesame/access-keys/{id}           {"userName", "accountId", "status", "secretAccessKey"}, or 404
    POST /_sesame/access-keys/{id}/last-use  {"region", "serviceName"}: GetAccessKeyLastUsed shows it from now on

With a lag (iam_lag.py), reads of the first route lag too.

Both require the header `x-sesame-token`. Its value is random for each start and known only to the endpoint. Without a token the
routes don't exist.
"""

import hmac
import json
from datetime import datetime, timezone
from xml.sax.saxutils import escape

import iam_lag

PREFIX = "/_sesame/access-keys/"


def install(ministack_app, token: str) -> None:
    """Adds the routes to the ASGI application of the module `ministack.app`. Call it before main()."""
    from ministack.services import iam

    inner = ministack_app.app
    _show_last_use(iam)

    async def app(scope, receive, send):
        if scope["type"] == "http" and token and scope["path"].startswith(PREFIX):
            await _answer(iam, token, scope, receive, send)
        else:
            await inner(scope, receive, send)

    ministack_app.app = app


async def _answer(iam, token, scope, receive, send):
    headers = {name.lower(): value for name, value in scope["headers"]}
    if not hmac.compare_digest(headers.get(b"x-sesame-token", b""), token.encode()):
        return await _send(send, 403, {"message": "wrong or missing x-sesame-token"})
    access_key_id, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
    with iam_lag.seen_late(scope["method"] == "GET"):
        account_id, key = _find(iam, access_key_id)
    if key is None:
        return await _send(send, 404, {"message": "no such access key"})
    if scope["method"] == "GET" and rest == "":
        return await _send(send, 200, {
            "userName": key["UserName"],
            "accountId": account_id,
            "status": key["Status"],
            "secretAccessKey": key["SecretAccessKey"],
        })
    if scope["method"] == "POST" and rest == "last-use":
        use = json.loads(await _body(receive) or b"{}")
        # Kept in the key's record, so that it is saved and deleted with the key. The key may be gone since the request began.
        account_id, key = _find(iam, access_key_id)
        if key is None:
            return await _send(send, 404, {"message": "no such access key"})
        last_used = {
            "Date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Region": str(use.get("region", "N/A")),
            "ServiceName": str(use.get("serviceName", "N/A")),
        }
        iam._access_keys.set_scoped(account_id, None, access_key_id, {**key, "LastUsed": last_used})
        return await _send(send, 204, None)
    return await _send(send, 405, {"message": "method not allowed"})


def _find(iam, access_key_id):
    """Searches all accounts: access key ids are unique across them."""
    for (account_id, key_id), key in iam._access_keys.to_dict().items():
        if key_id == access_key_id:
            return account_id, key
    return None, None


def _show_last_use(iam):
    never_used = iam._IAM_HANDLERS["GetAccessKeyLastUsed"]

    def get_access_key_last_used(params):
        key = iam._access_keys.get(iam._p(params, "AccessKeyId"))
        use = key.get("LastUsed") if key else None
        if not use:
            return never_used(params)
        return iam._xml(200, "GetAccessKeyLastUsedResponse",
                        "<GetAccessKeyLastUsedResult>"
                        f"<UserName>{escape(key['UserName'])}</UserName>"
                        "<AccessKeyLastUsed>"
                        f"<LastUsedDate>{use['Date']}</LastUsedDate>"
                        f"<Region>{escape(use['Region'])}</Region>"
                        f"<ServiceName>{escape(use['ServiceName'])}</ServiceName>"
                        "</AccessKeyLastUsed>"
                        "</GetAccessKeyLastUsedResult>",
                        ns="iam")

    iam._IAM_HANDLERS["GetAccessKeyLastUsed"] = get_access_key_last_used


async def _body(receive, limit=4096):
    body = b""
    while len(body) <= limit:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[:limit]


async def _send(send, status, value):
    body = b"" if value is None else json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
