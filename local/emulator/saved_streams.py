"""Has MiniStack keep the streams of tables with its state.

MiniStack keeps where each mapping stands in a stream, but not the stream: after a restart what nobody had read yet is gone, and a
mapping passes over as many new records as it had read before.

On AWS a stream holds every record for 24 hours. Kept here are those that a mapping hasn't done yet, or all where no mapping reads: the
rest would make each save larger and slower. A batch that a function had in hand isn't done, so it is delivered again.
"""

from replace import replace


def install() -> None:
    """Adds the streams to what is saved and restored of DynamoDB."""
    from ministack.services import dynamodb

    get_state, load = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state_with_streams():
        return {**get_state(), "streams": _gather()}

    def load_with_streams(data):
        load(data)
        # A state of before has no streams.
        streams = data.get("streams")
        for (account_id, region, table_name), stream in streams.all_items() if streams is not None else ():
            dynamodb._stream_records.set_scoped(account_id, region, table_name, stream["records"])
            dynamodb._stream_trimmed.set_scoped(account_id, region, table_name, stream["position"])

    replace(dynamodb, "get_state", get_state_with_streams)
    replace(dynamodb, "load_persisted_state", load_with_streams)


def correct_positions() -> None:
    """Call it when tables and mappings are restored. A position past the stream's end would pass over new records.

    There is one when the state was saved without streams, or when a function had done a record of an item's expiry, which comes
    without a request, between the copies of both.
    """
    from ministack.services import dynamodb, lambda_svc

    for (account_id, region, mapping_id), position in list(lambda_svc._dynamodb_stream_positions.all_items()):
        table_name = _table_of(lambda_svc._esms.get_scoped(account_id, region, mapping_id))
        end = dynamodb.stream_end_position(table_name, account_id=account_id, region=region) if table_name else 0
        lambda_svc._dynamodb_stream_positions.set_scoped(account_id, region, mapping_id, min(position, end))


def _gather():
    """By table: the records from `position` in the stream on."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import dynamodb

    positions = _positions_by_table()
    streams = AccountRegionScopedDict()
    for (account_id, region, table_name), records in dynamodb._stream_records.all_items():
        trimmed = dynamodb._stream_trimmed.get_scoped(account_id, region, table_name, 0)
        position = max(trimmed, min(positions.get((account_id, region, table_name), [trimmed])))
        streams.set_scoped(account_id, region, table_name,
                           {"position": position, "records": records[position - trimmed:]})
    return streams


def _positions_by_table():
    from ministack.services import lambda_svc

    found = {}
    for (account_id, region, mapping_id), position in lambda_svc._dynamodb_stream_positions.all_items():
        table_name = _table_of(lambda_svc._esms.get_scoped(account_id, region, mapping_id))
        if table_name:
            found.setdefault((account_id, region, table_name), []).append(position)
    return found


def _table_of(mapping):
    """A mapping reads tables of its own account and Region only, so their name is enough."""
    source = (mapping or {}).get("EventSourceArn", "")
    return source.split("/stream/")[0].split("/")[-1] if ":dynamodb:" in source else None
