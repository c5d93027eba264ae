"""Makes MiniStack's stores keep their recent past, and show it on request."""

import time
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from ministack.core.responses import get_account_id

ABSENT = object()

# The moment that the current call sees; None means now.
_moment: ContextVar = ContextVar("iam_history_moment", default=None)
# By store and key: the value before the current call changed it in place.
_before: ContextVar = ContextVar("iam_history_before", default=None)


class History:
    """For each key of a store: its recent writes, with their time and the previous value."""

    _by_store: dict = {}

    def __init__(self, seconds):
        self.seconds = seconds
        self.changes = {}

    @classmethod
    def of(cls, store):
        return cls._by_store[id(store)]

    @staticmethod
    @contextmanager
    def seen_at(moment):
        """Inside the context, the stores show this moment."""
        token = _moment.set(moment)
        try:
            yield
        finally:
            _moment.reset(token)

    @staticmethod
    @contextmanager
    def changing(before):
        """Inside the context, values that are replaced or removed are recorded as in `before`, and taken out of `before`."""
        token = _before.set(before)
        try:
            yield
        finally:
            _before.reset(token)

    def note(self, key, old):
        now = time.monotonic()
        recent = [change for change in self.changes.pop(key, []) if change[0] > now - self.seconds]
        # Appended, so that keys are in the order of their last change.
        self.changes[key] = [*recent, (now, old)]
        for oldest, its_changes in list(islice(self.changes.items(), 2)):
            if its_changes[-1][0] <= now - self.seconds:
                del self.changes[oldest]

    def at(self, moment, key, now_held):
        return next((old for written_at, old in self.changes.get(key, ()) if written_at > moment), now_held)


def keep_history(store, seconds: float) -> None:
    """Makes a store keep its history."""
    History._by_store[id(store)] = History(seconds)
    store.__class__ = _with_history(store.__class__)


def _with_history(store_class):
    class DictWithHistory(store_class):
        __slots__ = ()

        def _note(self, scoped_key):
            held = self._data.get(scoped_key, ABSENT)
            History.of(self).note(scoped_key, (_before.get() or {}).pop((self, scoped_key), held))

        def _seen(self):
            moment, history = _moment.get(), History.of(self)
            if moment is None or not history.changes:
                return self._data
            seen = dict(self._data)
            for key in history.changes:
                seen[key] = history.at(moment, key, self._data.get(key, ABSENT))
            return {key: value for key, value in seen.items() if value is not ABSENT}

        def _find(self, scoped_key):
            held = self._data.get(scoped_key, ABSENT)
            moment = _moment.get()
            return held if moment is None else History.of(self).at(moment, scoped_key, held)

        def __setitem__(self, key, value):
            self._note(self._scoped(key))
            super().__setitem__(key, value)

        def __delitem__(self, key):
            if key in self:
                self._note(self._scoped(key))
            super().__delitem__(key)

        def pop(self, key, *args):
            if key in self:
                self._note(self._scoped(key))
            return super().pop(key, *args)

        def setdefault(self, key, default=None):
            if key not in self:
                self[key] = default
            return self[key]

        def set_scoped(self, account_id, region, key, value):
            self._note((account_id, self._scoped(key)[1]))
            super().set_scoped(account_id, region, key, value)

        def __getitem__(self, key):
            value = self._find(self._scoped(key))
            if value is ABSENT:
                raise KeyError(key)
            return value

        def __contains__(self, key):
            return self._find(self._scoped(key)) is not ABSENT

        def get(self, key, default=None):
            return self[key] if key in self else default

        def get_scoped(self, account_id, region, key, default=None):
            value = self._find((account_id, self._scoped(key)[1]))
            return default if value is ABSENT else value

        def contains_scoped(self, account_id, region, key):
            return self._find((account_id, self._scoped(key)[1])) is not ABSENT

        def __len__(self):
            return len(self.items())

        def __bool__(self):
            return bool(self.items())

        def __iter__(self):
            return iter(self.keys())

        def keys(self):
            return [key for key, _ in self.items()]

        def values(self):
            return [value for _, value in self.items()]

        def items(self):
            account = get_account_id()
            return [(key, value) for (owner, key), value in list(self._seen().items()) if owner == account]

        def to_dict(self):
            return dict(self._seen())

        def clear(self):
            History.of(self).changes.clear()
            super().clear()

    return DictWithHistory
