"""Makes MiniStack's IAM eventually consistent, as AWS's is: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
(section "Changes that I make are not always immediately visible").

A read shows IAM at a random moment of the last seconds: a new user is missing, a deleted one is still there, a status or policy is
old. The next read may show a later or an earlier moment. Writes are strongly consistent: no name can be used twice. But a write has
to find its user, access key or policy, and may fail with NoSuchEntity for a new one. Authorization sees a random moment too: it
knows neither path nor tags of a user that isn't visible yet, so it may fail with AccessDenied.

Reads of the administrator (the root key) don't lag, unless the request has the header `x-sesame-iam-view: lagging`, as those of the
SMTP endpoint do. Without a lag, none of this is installed.
"""

import copy
import random
import re
import time
from contextlib import contextmanager
from contextvars import ContextVar

from iam_history import ABSENT, History, keep_history

LAGGING_HEADER = "x-sesame-iam-view"

# The stores that an action may change in place, by the parameter that names the entity.
CHANGED_BY = {
    "UserName": ("_users", "_user_inline_policies", "_login_profiles"),
    "RoleName": ("_roles",),
    "GroupName": ("_groups", "_group_inline_policies"),
    "PolicyArn": ("_policies",),
    "AccessKeyId": ("_access_keys",),
    "SerialNumber": ("_mfa_devices",),
    "InstanceProfileName": ("_instance_profiles",),
}
# The entities that a write must find, with AWS's message if it doesn't.
NEEDED = {
    "UserName": ("_users", "The user with name {} cannot be found."),
    "RoleName": ("_roles", "The role with name {} cannot be found."),
    "GroupName": ("_groups", "The group with name {} cannot be found."),
    "PolicyArn": ("_policies", "Policy {} does not exist or is not attachable."),
    "AccessKeyId": ("_access_keys", "The Access Key with id {} cannot be found."),
}
CREATING = ("CreateUser", "CreateRole", "CreateGroup", "CreatePolicy", "CreateInstanceProfile")
READING = re.compile("Get|List|Simulate|Generate")

_lag = None
# Whether the caller's reads lag.
_caller_lags: ContextVar = ContextVar("iam_lag_caller", default=False)


class Lag:
    """Draws the moments. The same seed draws the same ones if the requests come in the same order."""

    def __init__(self, seconds: float, seed: int, for_everybody: bool):
        self.seconds = seconds
        self.for_everybody = for_everybody
        self.random = random.Random(seed)

    def moment(self) -> float:
        return time.monotonic() - self.seconds * self.random.random()


def install(seconds: float, seed: int, for_everybody: bool) -> None:
    """Makes the stores keep their history, and each call see its own moment. Call it after all other patches of IAM.

    With `for_everybody`, the administrator's reads lag too.
    """
    global _lag
    from ministack.core import iam_actions
    from ministack.services import iam, tagging

    _lag = Lag(seconds, seed, for_everybody)
    for name in {store for stores in CHANGED_BY.values() for store in stores}:
        keep_history(getattr(iam, name), seconds)
    for action, handler in list(iam._IAM_HANDLERS.items()):
        iam._IAM_HANDLERS[action] = _read(handler) if READING.match(action) else _write(iam, action, handler)
    iam.handle_request = _for_caller(iam.handle_request)
    iam_actions.extract_resource_arn = _authorized_late(iam_actions.extract_resource_arn)
    tagging.resource_tags = _read(tagging.resource_tags)


@contextmanager
def seen_late(lags: bool = True):
    """Inside the context, all reads see the same random moment within the lag. Without a lag they are current."""
    with History.seen_at(_lag.moment() if lags and _lag else None):
        yield


def _lags_for(headers, query_params) -> bool:
    from ministack.core.iam_evaluator import is_root_access_key
    from ministack.core.router import extract_access_key_id

    if _lag.for_everybody or headers.get(LAGGING_HEADER) == "lagging":
        return True
    return not is_root_access_key(extract_access_key_id(headers, query_params) or "")


def _for_caller(handle_request):
    async def handle(method, path, headers, body, query_params):
        _caller_lags.set(_lags_for(headers, query_params))
        return await handle_request(method, path, headers, body, query_params)

    return handle


def _authorized_late(extract_resource_arn):
    def extract(service, method, path, headers, body, params, region, account_id):
        _caller_lags.set(service == "iam" and _lags_for(headers, params))
        with seen_late(_caller_lags.get()):
            return extract_resource_arn(service, method, path, headers, body, params, region, account_id)

    return extract


def _read(handler):
    def read(*args):
        with seen_late(_caller_lags.get()):
            return handler(*args)

    return read


def _write(iam, action, handler):
    def write(p):
        if _caller_lags.get() and action not in CREATING:
            missing = _not_visible_yet(iam, p)
            if missing:
                return iam._error(404, "NoSuchEntity", missing)
        before = _copies(iam, p)
        with History.changing(before):
            answer = handler(p)
        for (store, key), old in before.items():
            if store._data.get(key, ABSENT) != old:
                History.of(store).note(key, old)
        return answer

    return write


def _not_visible_yet(iam, p):
    """AWS's message for an entity that exists but isn't visible at this call's moment; otherwise None."""
    with seen_late():
        for parameter, (name, words) in NEEDED.items():
            store, value = getattr(iam, name), iam._p(p, parameter)
            if value and store._scoped(value) in store._data and value not in store:
                return words.format(value)
    return None


def _copies(iam, p):
    """Copies of everything that the action may change in place."""
    copies = {}
    for parameter, names in CHANGED_BY.items():
        value = iam._p(p, parameter)
        for store in (getattr(iam, name) for name in names if value):
            key = store._scoped(value)
            if key in store._data:
                copies[store, key] = copy.deepcopy(store._data[key])
    return copies
