"""Has MiniStack delete expired items as DynamoDB does: with a record on the table's stream.

MiniStack's reaper looks once a minute and tells the stream nothing, so that whatever follows the stream never learns of it.
DynamoDB writes a REMOVE record and names itself as the one who did it. It looks at numbers only, and leaves alone what
expired more than five years ago:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html

DynamoDB takes up to a few days. Here nobody wants to wait for that.
"""

import logging
import threading
import time

INTERVAL_SECONDS = 2
LONGEST_AGE_SECONDS = 5 * 365 * 24 * 3600
# MiniStack starts it when it is imported.
MINISTACKS_REAPER = "dynamodb-ttl-reaper"
USER_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

logger = logging.getLogger("dynamodb")
_reaping = threading.local()


def install() -> None:
    """Starts a reaper of its own and puts MiniStack's, which runs already, out of work."""
    from ministack.services import dynamodb

    if not any(thread.name == MINISTACKS_REAPER for thread in threading.enumerate()):
        raise LookupError(f"MiniStack has no thread {MINISTACKS_REAPER} (any more): its reaper would delete items in silence.")
    remove_item = dynamodb._remove_item
    build_change_record = dynamodb._build_change_record

    def remove_unless_ministacks_reaper(table, pk_value, sk_value):
        if threading.current_thread().name == MINISTACKS_REAPER:
            return None
        return remove_item(table, pk_value, sk_value)

    def build_with_identity(*args, **kwargs):
        record = build_change_record(*args, **kwargs)
        if getattr(_reaping, "now", False):
            record["userIdentity"] = dict(USER_IDENTITY)
        return record

    dynamodb._remove_item = remove_unless_ministacks_reaper
    dynamodb._build_change_record = build_with_identity
    threading.Thread(target=_reap_for_ever, args=(dynamodb,), daemon=True, name="expired-items").start()


def _reap_for_ever(dynamodb):
    _reaping.now = True
    while True:
        time.sleep(INTERVAL_SECONDS)
        try:
            _reap(dynamodb, time.time())
        except Exception:
            logger.exception("expired items could not be deleted")


def _reap(dynamodb, now):
    from ministack.core.responses import _request_account_id, _request_region

    for (account_id, region, table_name), setting in dynamodb._ttl_settings.all_items():
        attribute = setting.get("AttributeName")
        if setting.get("TimeToLiveStatus") != "ENABLED" or not attribute:
            continue
        # The stream belongs to the account and Region that this thread works for.
        _request_account_id.set(account_id)
        _request_region.set(region)
        with dynamodb._lock:
            table = dynamodb._tables.get(table_name)
            for pk_value, sk_value, item in _find_expired(table, attribute, now):
                dynamodb._remove_item(table, pk_value, sk_value)
                dynamodb._emit_stream_event(table_name, "REMOVE", item, None)


def _find_expired(table, attribute, now):
    if not table:
        return []
    return [
        (pk_value, sk_value, item)
        for pk_value, items in table["items"].items()
        for sk_value, item in items.items()
        if _is_expired(item.get(attribute), now)
    ]


def _is_expired(value, now):
    try:
        return now - LONGEST_AGE_SECONDS < float(value["N"]) <= now
    except (KeyError, TypeError, ValueError):
        return False  # There is none, or it is no number.
