"""Makes MiniStack keep an identity's default configuration set, as AWS does: set at creation, changed later, read by GetEmailIdentity,
which also gets its VerificationStatus, and AWS's words for an identity that doesn't exist.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityConfigurationSetAttributes.html
MiniStack ignores the set at creation, and lacks the call that changes it.
"""

import json
import re
from urllib.parse import unquote

CHANGE = re.compile(r"^(?:/v2/email)?/identities/(.+)/configuration-set$")
ONE = re.compile(r"^(?:/v2/email)?/identities/([^/]+)$")


def install() -> None:
    """Wraps SES's v2 API."""
    from ministack.services import ses_v2

    inner = ses_v2.handle_request

    async def handle_request(method, path, headers, body, query_params):
        change = CHANGE.match(path.rstrip("/"))
        if method == "PUT" and change:
            return _change(ses_v2, unquote(change.group(1)), _read(body))
        answer = await inner(method, path, headers, body, query_params)
        if method == "POST" and re.fullmatch(r"(?:/v2/email)?/identities", path.rstrip("/")) and answer[0] == 200:
            wanted = _read(body)
            _store(ses_v2, wanted.get("EmailIdentity", ""), wanted.get("ConfigurationSetName"))
        one = ONE.match(path.rstrip("/"))
        if method == "GET" and one and answer[0] == 200:
            return ses_v2.json_response({"VerificationStatus": "SUCCESS", **json.loads(answer[2])})
        if method == "GET" and one and answer[0] == 404:
            return _missing(ses_v2, unquote(one.group(1)))
        return answer

    ses_v2.handle_request = handle_request


def _missing(ses_v2, identity):
    return ses_v2._json_err("NotFoundException", f"Email identity <{identity}> does not exist.", 404)


def _read(body):
    try:
        return json.loads(body) if body else {}
    except json.JSONDecodeError:
        return {}


def _change(ses_v2, identity, wanted):
    name = wanted.get("ConfigurationSetName")
    if identity not in ses_v2._identities:
        return _missing(ses_v2, identity)
    if name and name not in ses_v2._config_sets:
        return ses_v2._json_err("NotFoundException", f"Configuration set {name} does not exist.", 404)
    _store(ses_v2, identity, name)
    return ses_v2.json_response({})


def _store(ses_v2, identity, name):
    record = ses_v2._identities.get(identity)
    if record is None:
        return
    if name:
        record["ConfigurationSetName"] = name
    else:
        record.pop("ConfigurationSetName", None)
