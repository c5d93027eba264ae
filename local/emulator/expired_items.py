"""Makes MiniStack delete expired items as DynamoDB does: with a record on the table's stream.

MiniStack's reaper runs once a minute and writes nothing to the stream, so readers of the stream never learn of the deletion.
DynamoDB writes a REMOVE record that names DynamoDB as the caller. It deletes an item only if the attribute is a number and lies
no more than five years in the past:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html

DynamoDB takes up to a few days; here deletion is prompt.
"""

import logging
import threading
import time

INTERVAL_SECONDS = 2
LONGEST_AGE_SECONDS = 5 * 365 * 24 * 3600
# MiniStack starts this thread on import.
MINISTACKS_REAPER = "dynamodb-ttl-reaper"
USER_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

logger = logging.getLogger("dynamodb")
_reaping = threading.local()


def install() -> None:
    """Starts our own reaper and disables MiniStack's, which already runs."""
    from ministack.services import dynamodb

    if not any(thread.name == MINISTACKS_REAPER for thread in threading.enumerate()):
        raise LookupError(f"MiniStack has no thread {MINISTACKS_REAPER} (any more): its reaper would delete items without a stream record.")
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
    threading.Thread(target=_reap_forever, args=(dynamodb,), daemon=True, name="expired-items").start()


def _reap_forever(dynamodb):
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
        # The stream is found by this thread's account and Region.
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
        return False  # Missing, or not a number.
