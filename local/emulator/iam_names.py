"""Makes MiniStack treat IAM names as AWS does: case-insensitive, unique in the account, with a fixed set of characters.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names. A managed policy's name is unique
whatever its path: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
"""

import re

from ministack.core.responses import AccountScopedDict, get_account_id

LONGEST = {"UserName": 64, "NewUserName": 64, "RoleName": 64, "GroupName": 128, "InstanceProfileName": 128, "PolicyName": 128}
CREATED_BY = {"CreateUser": "UserName", "CreateRole": "RoleName", "CreateGroup": "GroupName",
              "CreateInstanceProfile": "InstanceProfileName"}


class Name(str):
    """A name that is compared case-insensitively and shown as first written."""

    __slots__ = ()

    def __hash__(self):
        return hash(self.lower())

    def __eq__(self, other):
        return isinstance(other, str) and self.lower() == other.lower()

    def __ne__(self, other):
        return not self == other

    def __deepcopy__(self, _memo):
        return self


class CaseBlindDict(AccountScopedDict):
    """Finds a name in any case."""

    __slots__ = ()

    def _scoped(self, key):
        return get_account_id(), Name(key)

    def get_scoped(self, account_id, region, key, default=None):
        return super().get_scoped(account_id, region, Name(key), default)

    def set_scoped(self, account_id, region, key, value):
        super().set_scoped(account_id, region, Name(key), value)

    def contains_scoped(self, account_id, region, key):
        return super().contains_scoped(account_id, region, Name(key))

    def pop_scoped(self, account_id, region, key, *args):
        return super().pop_scoped(account_id, region, Name(key), *args)

    def update(self, other):
        """Keys from a state file are plain strings."""
        if isinstance(other, AccountScopedDict):
            self._data.update({(account_id, Name(key)): value for (account_id, key), value in other._data.items()})
        else:
            super().update(other)


def install() -> None:
    """Makes MiniStack's stores of named entities case-insensitive, and makes every action check its names first."""
    from ministack.services import iam

    for store in (iam._users, iam._roles, iam._groups, iam._instance_profiles, iam._login_profiles,
                  iam._user_inline_policies, iam._group_inline_policies):
        store.__class__ = CaseBlindDict
    for action, handler in list(iam._IAM_HANDLERS.items()):
        iam._IAM_HANDLERS[action] = _with_names_checked(iam, action, handler)


def _with_names_checked(iam, action, handler):
    stores = {"UserName": iam._users, "RoleName": iam._roles, "GroupName": iam._groups,
              "InstanceProfileName": iam._instance_profiles}

    def handle(p):
        error = _look_at_names(iam, p)
        if error:
            return error
        if action == "CreatePolicy" and _policy_of_that_name(iam, iam._p(p, "PolicyName")):
            return iam._error(409, "EntityAlreadyExists",
                              f"A policy called {iam._p(p, 'PolicyName')} already exists. Duplicate names are not allowed.")
        for parameter, store in stores.items():
            if parameter in p and CREATED_BY.get(action) != parameter:
                # MiniStack's own code compares names case-sensitively.
                record = store.get(iam._p(p, parameter))
                if record:
                    p[parameter] = [record[parameter]]
        return handler(p)

    return handle


def _look_at_names(iam, p):
    for parameter, longest in LONGEST.items():
        name = iam._p(p, parameter)
        if not name:
            continue
        label = parameter[0].lower() + parameter[1:]
        if len(name) > longest:
            return iam._error(400, "ValidationError",
                              f"1 validation error detected: Value at '{label}' failed to satisfy constraint: "
                              f"Member must have length less than or equal to {longest}")
        if not re.fullmatch(r"[\w+=,.@-]+", name, re.ASCII):
            return iam._error(400, "ValidationError",
                              f"The specified value for {label} is invalid. It must contain only alphanumeric characters "
                              "and/or the following: +=,.@_-")
    for parameter in ("Path", "NewPath"):
        path = iam._p(p, parameter)
        if path and not re.fullmatch(r"/|/[\x21-\x7e]{0,510}/", path):
            return iam._error(400, "ValidationError",
                              f"The specified value for {parameter[0].lower() + parameter[1:]} is invalid. It must begin and end "
                              "with / and contain only alphanumeric characters and/or / characters.")
    return None


def _policy_of_that_name(iam, name):
    return any(policy["PolicyName"].lower() == name.lower() for policy in iam._policies.values())
