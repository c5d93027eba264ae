"""Makes MiniStack keep what can be set for the whole SES account: whether it may send, and for which reasons addresses are suppressed.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountSendingAttributes.html,
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountSuppressionAttributes.html
Each Region has its own. It isn't part of the saved state.
"""

import json

SENDING = "/v2/email/account/sending"
SUPPRESSION = "/v2/email/account/suppression"
REASONS = ("BOUNCE", "COMPLAINT")


def install() -> None:
    """Wraps SES's v2 API."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import ses_v2

    inner = ses_v2.handle_request
    settings = AccountRegionScopedDict()

    async def handle_request(method, path, headers, body, query_params):
        route = path.rstrip("/")
        if method == "PUT" and route in (SENDING, SUPPRESSION):
            return _put(ses_v2, settings, route, json.loads(body or b"{}"))
        answer = await inner(method, path, headers, body, query_params)
        if method == "GET" and route == "/v2/email/account" and answer[0] == 200:
            return ses_v2.json_response({
                **json.loads(answer[2]),
                "SendingEnabled": settings.get(SENDING, True),
                # Both are on for accounts of after 2019:
                # https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
                "SuppressionAttributes": {"SuppressedReasons": settings.get(SUPPRESSION, list(REASONS))},
            })
        return answer

    ses_v2.handle_request = handle_request


def _put(ses_v2, settings, route, wanted):
    if route == SENDING:
        settings[SENDING] = wanted.get("SendingEnabled") is True
        return ses_v2.json_response({})
    reasons = wanted.get("SuppressedReasons") or []
    if any(reason not in REASONS for reason in reasons):
        return ses_v2._json_err("BadRequestException", "SuppressedReasons may hold BOUNCE and COMPLAINT")
    settings[SUPPRESSION] = reasons
    return ses_v2.json_response({})
