"""Lets only this machine's own programs use the emulator, and only with a key and a right signature, as AWS does.

A web page that a browser has open can send requests to 127.0.0.1, also without a preflight, and the functions that the emulator starts
are plain processes of the user. So nothing gets through that a page can send: an `Origin`, a `Sec-Fetch-Site` other than `none`, another
`Host` (DNS rebinding), a WebSocket.

MiniStack checks signatures only of IAM users and sessions. It takes the key `test`, every 12-digit key and unsigned calls for the root user. Here
the root user has one key, and every signature is checked, before MiniStack sees the call. The paths of MiniStack itself (`/_ministack/...`) need the
header `x-sesame-token`, whose value only the starter knows.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import json
import os
import uuid
from urllib.parse import parse_qs, quote, urlsplit

import http_api
from replace import replace

OWN_HOSTS = ("127.0.0.1", "localhost")
# The largest zip of a function that Lambda takes directly is 50 MB, in Base64.
LARGEST_BODY = 80 * 1024 * 1024


def install(ministack_app, token: str) -> None:
    """Wraps the ASGI application of the module `ministack.app`. Call it last of all wrappers, before main()."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    for module in (iam_evaluator, sts):
        replace(module, "is_root_access_key", _is_root_access_key)
    # It is checked here.
    replace(ministack_app, "pin_signed_request", lambda *_args, **_more: _forget_signature(iam_evaluator))
    inner = ministack_app.app

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return await inner(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        headers = _headers_of(scope)
        foreign = describe_foreign(headers)
        if foreign:
            return await _send(send, 403, {"content-type": "application/json"}, json.dumps({"message": foreign}).encode())
        if scope["path"].startswith("/_"):
            if hmac.compare_digest(headers.get("x-sesame-token", "").encode(), token.encode()) and token:
                return await inner(scope, receive, send)
            return await _send(send, 403, {"content-type": "application/json"},
                               json.dumps({"message": "wrong or missing x-sesame-token"}).encode())
        body = await _read(receive)
        if body is None:
            return await _send(send, 413, {}, b"")
        query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
        failure = _authenticate(iam_evaluator, scope, headers, query, body)
        if failure and http_api.find_api(ministack_app, headers.get("host", ""), scope["path"]):
            return await _send(send, *http_api.answer(403, "Forbidden"))
        if failure:
            service = ministack_app.detect_service(scope["method"], scope["path"], headers, query)
            if scope["path"].startswith("/v2/email/"):
                service = "sesv2"  # JSON, where SES's first interface speaks XML.
            status, more, text = ministack_app._credential_failure(service, "", str(uuid.uuid4()), failure, headers)
            return await _send(send, status, more, text)
        await inner(scope, _replay(body, receive), send)

    ministack_app.app = app


def describe_foreign(headers) -> str | None:
    """Why a request can't come from a program of this machine; None: it can. The same rule as in local/foreign-request.ts."""
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    if host not in OWN_HOSTS:
        return "This server answers to 127.0.0.1 and localhost only."
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return "This server does not answer to web pages."
    return None


def _is_root_access_key(access_key_id: str) -> bool:
    # Without a key: calls that MiniStack makes itself. Those from outside have one.
    return not access_key_id or access_key_id == os.environ["AWS_ACCESS_KEY_ID"]


def _forget_signature(iam_evaluator):
    iam_evaluator._signed_request.set(None)
    iam_evaluator._anonymous.set(False)


def _authenticate(iam_evaluator, scope, headers, query, body):
    """Returns the error; None: the call has a known key and is signed with it."""
    from ministack.core.responses import _account_from_sts_session, get_account_id

    authorization = headers.get("authorization", "")
    presigned = not authorization and "X-Amz-Signature" in query
    if not presigned and not authorization.startswith("AWS4-HMAC-SHA256 "):
        return iam_evaluator.AuthError("MissingAuthenticationToken", "Missing Authentication Token")
    from ministack.core.router import extract_access_key_id
    from ministack.core.sigv4 import presigned_request_is_expired

    key = extract_access_key_id(headers, query if presigned else None)
    # The key that the policies are evaluated for has to be the one that signed.
    if not key or key != extract_access_key_id(headers, query):
        return iam_evaluator.AuthError("InvalidClientTokenId", "The security token included in the request is invalid.")
    if presigned:
        # An emulator's presigned URL lasts as long as it says, but no longer than the clock's difference that AWS allows.
        try:
            if presigned_request_is_expired(query["X-Amz-Date"][0], query["X-Amz-Expires"][0]):
                return iam_evaluator.AuthError("RequestTimeTooSkewed", "The presigned request has expired.")
        except (KeyError, ValueError):
            pass
    account_id = _account_from_sts_session(key) or iam_evaluator.find_iam_access_key_account(key) or get_account_id()
    raw_path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    iam_evaluator._signed_request.set(iam_evaluator.SignedRequest(
        key, scope["method"], raw_path, query, headers, body=body, presigned=presigned))
    checked = iam_evaluator.authenticate(key, account_id)
    return checked if isinstance(checked, iam_evaluator.AuthError) else None


def _headers_of(scope):
    headers = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        # A header on several lines is signed as its values, joined by commas.
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


async def _read(receive):
    """Returns the whole body; None when it is too long."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _replay(body, receive):
    is_sent = False

    async def again():
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _send(send, status, headers, body):
    body = body if isinstance(body, bytes) else body.encode()
    lines = {name.lower(): value for name, value in headers.items() if name.lower() != "content-length"}
    await send({"type": "http.response.start", "status": status,
                "headers": [(name.encode(), str(value).encode()) for name, value in
                            {**lines, "content-length": len(body)}.items()]})
    await send({"type": "http.response.body", "body": body})
