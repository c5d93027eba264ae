"""Adds SES's account-level suppression list to MiniStack, whose own is always empty.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutSuppressedDestination.html and related calls. Each Region has its own
list. It isn't part of the saved state.

These calls need an address exactly as the list has it. When SES sends, upper and lower case make no difference:
https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-tenant-level-manage.html
"""

import json
import time
from urllib.parse import unquote

PREFIX = "/v2/email/suppression/addresses"
REASONS = ("BOUNCE", "COMPLAINT")


def install() -> None:
    """Handles calls about the list; passes all others on to MiniStack."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import ses_v2

    inner = ses_v2.handle_request
    addresses = AccountRegionScopedDict()

    async def handle_request(method, path, headers, body, query_params):
        route = path.rstrip("/")
        if route == PREFIX and method in ("PUT", "GET"):
            return _put(ses_v2, addresses, body) if method == "PUT" else _list(ses_v2, addresses, query_params)
        if route.startswith(f"{PREFIX}/") and method in ("GET", "DELETE"):
            return _on_one(ses_v2, addresses, method, unquote(route[len(PREFIX) + 1:]))
        return await inner(method, path, headers, body, query_params)

    ses_v2.handle_request = handle_request


def _put(ses_v2, addresses, body):
    data = json.loads(body or b"{}")
    address, reason = data.get("EmailAddress"), data.get("Reason")
    if not address or "@" not in address or reason not in REASONS:
        return ses_v2._json_err("BadRequestException", "EmailAddress and Reason (BOUNCE or COMPLAINT) are needed")
    addresses[address] = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": time.time()}
    return ses_v2.json_response({})


def _on_one(ses_v2, addresses, method, address):
    entry = addresses.get(address)
    if entry is None:
        message = f"Email address {address} does not exist on your suppression list."
        return ses_v2._json_err("NotFoundException", message, 404)
    if method == "DELETE":
        addresses.pop(address)
        return ses_v2.json_response({})
    return ses_v2.json_response({"SuppressedDestination": entry})


def _list(ses_v2, addresses, query_params):
    def first(name, otherwise=""):
        value = query_params.get(name, otherwise)
        return value[0] if isinstance(value, list) else value

    reasons = query_params.get("Reason") or REASONS
    entries = [entry for entry in addresses.values() if entry["Reason"] in reasons]
    start = int(first("NextToken", "0") or 0)
    end = start + int(first("PageSize", "1000") or 1000)
    answer = {"SuppressedDestinationSummaries": entries[start:end]}
    return ses_v2.json_response({**answer, "NextToken": str(end)} if end < len(entries) else answer)
