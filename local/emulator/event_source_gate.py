"""Decides which event source mappings may read.

A mapping of a restored state waits until somebody confirms it with UpdateEventSourceMapping. Its function has the environment of the
run before: ports that are no longer ours, and code that may be old. Before a stop nothing more is read at all.
"""

from replace import replace

_waiting: set[str] = set()
_is_closed = False


def install() -> None:
    """Has MiniStack's pollers pass over mappings that may not read."""
    from ministack.services import lambda_svc

    iter_all, load, update = lambda_svc._iter_all_esms, lambda_svc.load_persisted_state, lambda_svc._update_esm

    def iter_open():
        for account_id, region, mapping in iter_all():
            if may_read(mapping["UUID"]):
                yield account_id, region, mapping

    def load_and_hold(data):
        # The poller starts inside of load().
        _waiting.update(_ids_in(data))
        load(data)
        _waiting.intersection_update(mapping["UUID"] for _, _, mapping in iter_all())

    def update_and_release(mapping_id, data):
        answer = update(mapping_id, data)
        if mapping_id in _waiting:
            _waiting.discard(mapping_id)
            lambda_svc._esm_wake.set()
        return answer

    replace(lambda_svc, "_iter_all_esms", iter_open)
    replace(lambda_svc, "load_persisted_state", load_and_hold)
    replace(lambda_svc, "_update_esm", update_and_release)


def may_read(mapping_id: str) -> bool:
    return not _is_closed and mapping_id not in _waiting


def close() -> None:
    """From now on no mapping reads. What a function has in hand goes on."""
    global _is_closed
    _is_closed = True


def _ids_in(data):
    mappings = data.get("esms", {})
    # A dictionary of accounts and Regions shows those of one only; its content has them all.
    keys = getattr(mappings, "_data", mappings)
    return [key[-1] if isinstance(key, tuple) else key for key in keys]
