"""Makes MiniStack keep an identity's default configuration set, as AWS does: set at creation, changed later, read by GetEmailIdentity.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityConfigurationSetAttributes.html
MiniStack ignores the set at creation, and lacks the call that changes it.
"""

import json
import re
from urllib.parse import unquote

CHANGE = re.compile(r"^(?:/v2/email)?/identities/(.+)/configuration-set$")


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
        return answer

    ses_v2.handle_request = handle_request


def _read(body):
    try:
        return json.loads(body) if body else {}
    except json.JSONDecodeError:
        return {}


def _change(ses_v2, identity, wanted):
    name = wanted.get("ConfigurationSetName")
    if identity not in ses_v2._identities:
        return ses_v2._json_err("NotFoundException", f"Email identity {identity} does not exist.", 404)
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
