"""Makes MiniStack's mappings of DynamoDB streams handle failed batches as Lambda does.

MiniStack treats every response as success, retries a throwing handler forever, and never halves a batch. Lambda:
- If a handler reports failures, records before the lowest failed sequence number are done, and the rest is delivered again.
  https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
- If a handler throws, BisectBatchOnFunctionError halves the batch. That doesn't count as a retry.
- After MaximumRetryAttempts, or when records are older than MaximumRecordAgeInSeconds, they are dropped, and their position in the
  stream is sent to the on-failure destination.
  https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html

AWS doesn't document whether a reported record's retries start at zero when records before it have succeeded. Here they do.
Each mapping has its own thread, so that a slow handler doesn't delay the others. There is one shard.
"""

import json
import threading
import time
from dataclasses import dataclass

import event_source_gate
import running_functions
from replace import replace

SHARD_ID = "shardId-00000000000000000000-00000000"
RETRY_SECONDS = 1.0


@dataclass
class Batch:
    """A part of the stream: positions from `start` up to, not including, `end`."""

    start: int
    end: int
    # How often the handler has failed on the record at `start`.
    tries: int = 0


@dataclass
class Failure:
    """The failed part of a batch: its records from `index` on."""

    index: int
    # The whole batch failed, so the bad record is unknown.
    is_whole: bool
    function_error: str | None = None
    # A throttled invocation doesn't count as a retry.
    is_throttle: bool = False


class Signal:
    """Wakes all readers after a write to a table."""

    def __init__(self):
        self._changed = threading.Condition()
        self.count = 0

    def set(self):
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, seen, seconds):
        """Waits until the count differs from `seen`, or until the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.count != seen, seconds)


# By mapping: the next batches, in order. There are several after a batch was halved.
_batches: dict[str, list[Batch]] = {}
_mappings_with_reader: set[str] = set()
_written = Signal()


def install() -> None:
    """Replaces the function that polls all mappings of DynamoDB streams."""
    from ministack.services import dynamodb, lambda_svc

    release = lambda_svc._release_esm_poll_state

    def release_with_batches(mapping_id):
        _batches.pop(mapping_id, None)
        release(mapping_id)

    create = lambda_svc._create_esm

    def create_and_wake(data):
        answer = create(data)
        # The loop starts the mapping's reader. Without the wake-up, the first records would wait up to a second.
        lambda_svc._esm_wake.set()
        return answer

    lambda_svc._release_esm_poll_state = release_with_batches
    lambda_svc._create_esm = create_and_wake
    replace(lambda_svc, "_poll_dynamodb_streams", _start_readers)
    # Writes to a table now wake our readers instead of MiniStack's polling loop.
    replace(dynamodb, "esm_wake", _written)


def _start_readers():
    """Starts a thread for each mapping of a stream. Returns False: the caller has nothing to wait for."""
    from ministack.core.concurrency import spawn_background
    from ministack.services import lambda_svc

    for account_id, region, mapping in lambda_svc._iter_all_esms():
        is_stream = ":dynamodb:" in mapping.get("EventSourceArn", "")
        if not is_stream or mapping["UUID"] in _mappings_with_reader:
            continue
        _mappings_with_reader.add(mapping["UUID"])
        spawn_background(_read_stream, account_id, region, mapping, thread_name="ministack-esm-stream")
    return False


def _read_stream(account_id, region, mapping):
    from ministack.services import lambda_svc

    lambda_svc._request_account_id.set(account_id)
    lambda_svc._request_region.set(region)
    try:
        while mapping["UUID"] in lambda_svc._esms:
            seen = _written.count
            try:
                is_done = not _process_next(mapping)
            except Exception:
                lambda_svc.logger.exception("ESM DynamoDB streams reader error")
                is_done = True
            if is_done:
                _written.wait(seen, RETRY_SECONDS)
    finally:
        _mappings_with_reader.discard(mapping["UUID"])


def _next_batch(mapping):
    """Returns the batch that is due, or None. Runs in the mapping's account and Region."""
    from ministack.services import dynamodb, lambda_svc

    mapping_id = mapping["UUID"]
    table_name = _table_of(mapping)
    is_paused = lambda_svc._esm_backoff_until.get(mapping_id, 0) > time.time()
    if table_name is None or is_paused or mapping_id not in lambda_svc._esms or not mapping.get("Enabled", True):
        return None
    horizon = dynamodb.stream_start_position(table_name)
    batches = _batches.setdefault(mapping_id, [])
    while batches and batches[0].end <= horizon:
        batches.pop(0)  # The stream no longer has these records.
    if not batches:
        start = max(_position(mapping, table_name), horizon)
        records = dynamodb.stream_records_since(table_name, start, mapping.get("BatchSize", 100))
        if not records:
            return None
        batches.append(Batch(start, start + len(records)))
    batches[0].start = max(batches[0].start, horizon)
    return batches[0]


def _table_of(mapping):
    from ministack.core.arn import ArnParseError, parse_arn
    from ministack.services import dynamodb, lambda_svc

    stream_arn = mapping.get("EventSourceArn", "")
    try:
        spec = parse_arn(stream_arn)
    except ArnParseError:
        return None
    found = lambda_svc._dynamodb_stream_table_from_arn_spec(spec) if spec.service == "dynamodb" else None
    table = dynamodb._tables.get(found[0]) if found else None
    return found[0] if table and table.get("LatestStreamArn") == stream_arn else None


def _position(mapping, table_name):
    from ministack.services import dynamodb, lambda_svc

    with lambda_svc._dynamodb_stream_positions_lock:
        positions = lambda_svc._dynamodb_stream_positions
        if mapping["UUID"] not in positions:
            is_oldest = mapping.get("StartingPosition") == "TRIM_HORIZON"
            find = dynamodb.stream_start_position if is_oldest else dynamodb.stream_end_position
            positions[mapping["UUID"]] = find(table_name)
        return positions[mapping["UUID"]]


def _move_to(mapping, position):
    from ministack.services import lambda_svc

    with lambda_svc._dynamodb_stream_positions_lock:
        if mapping["UUID"] in lambda_svc._dynamodb_stream_positions:
            lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position


def _process_next(mapping):
    """Invokes the function with the next batch. Returns False if there is none, or if it has to wait."""
    with running_functions.running(mapping["FunctionName"]):
        # Checked only now: a stop closes the gate first, and then waits for whatever counts as running.
        return event_source_gate.may_read(mapping["UUID"]) and _invoke_with_next(mapping)


def _invoke_with_next(mapping):
    from ministack.services import dynamodb, lambda_svc

    batch = _next_batch(mapping)
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if batch is None or function is None:
        return False
    records = dynamodb.stream_records_since(_table_of(mapping), batch.start, batch.end - batch.start)
    position_of = {id(record): batch.start + index for index, record in enumerate(records)}
    wanted = lambda_svc._apply_filter_criteria(records, mapping)
    failure = _invoke(mapping, function, wanted) if wanted else None
    if failure is None:
        _finish(mapping, batch)
    else:
        positions = [position_of[id(record)] for record in wanted]
        _fail(mapping, function, batch, wanted, positions, failure)
    return True


def _invoke(mapping, function, records):
    """Invokes the function. Returns its failure, or None."""
    from ministack.services import lambda_svc

    result = lambda_svc._execute_function(function, {"Records": records})
    if result.get("log"):
        lambda_svc.logger.info("ESM: Lambda %s output:\n%s", mapping["FunctionName"], result["log"])
    if result.get("throttle"):
        failure = Failure(0, False, is_throttle=True)
    elif result.get("error"):
        failure = Failure(0, True, result.get("function_error") or "Unhandled")
    elif "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []):
        failure = _read_report(result.get("body"), [record["dynamodb"]["SequenceNumber"] for record in records])
    else:
        failure = None
    mapping["LastProcessingResult"] = "FAILED" if failure else f"OK - {len(records)} records"
    return failure


def _read_report(body, sequence_numbers):
    if isinstance(body, str) and body:
        try:
            body = json.loads(body)
        except json.JSONDecodeError:
            return Failure(0, True)
    if not body:
        return None
    try:
        items = body.get("batchItemFailures") or []
        indexes = [sequence_numbers.index(item["itemIdentifier"]) for item in items]
    except (AttributeError, KeyError, TypeError, ValueError):
        return Failure(0, True)  # A missing or unknown identifier, or a malformed report.
    return Failure(min(indexes), False) if indexes else None


def _finish(mapping, batch):
    batches = _batches.get(mapping["UUID"], [])  # Empty if the mapping was deleted in the meantime.
    if batch in batches:
        batches.remove(batch)
    _move_to(mapping, batch.end)


def _fail(mapping, function, batch, records, positions, failure):
    from ministack.services import lambda_svc

    batches = _batches.get(mapping["UUID"])
    if batches is None:
        return  # The mapping was deleted in the meantime.
    if failure.index > 0:
        batch.start, batch.tries = positions[failure.index], 0
        records, positions = records[failure.index:], positions[failure.index:]
        _move_to(mapping, batch.start)
    old = _count_too_old(mapping, records)
    if old > 0:
        _send_failure(mapping, function, records[:old], batch.tries + 1, "RecordAgeExceeded", failure)
        if old == len(records):
            _finish(mapping, batch)
        else:
            batch.start, batch.tries = positions[old], 0
            _move_to(mapping, batch.start)
        return
    if failure.is_whole and mapping.get("BisectBatchOnFunctionError") and len(records) > 1:
        middle = positions[len(records) // 2]
        batches[0:1] = [Batch(batch.start, middle, batch.tries), Batch(middle, batch.end, batch.tries)]
        return
    batch.tries += 0 if failure.is_throttle else 1
    limit = mapping.get("MaximumRetryAttempts")
    if limit is not None and 0 <= int(limit) < batch.tries:
        _send_failure(mapping, function, records, batch.tries, "RetryAttemptsExhausted", failure)
        _finish(mapping, batch)
        return
    lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + RETRY_SECONDS


def _count_too_old(mapping, records):
    """Counts the records at the beginning that are older than the mapping allows."""
    limit = int(mapping.get("MaximumRecordAgeInSeconds") or -1)
    if limit < 0:
        return 0
    young = (index for index, record in enumerate(records) if time.time() - _created(record) <= limit)
    return next(young, len(records))


def _created(record):
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def _send_failure(mapping, function, records, tries, condition, failure):
    """Sends the records' position in the stream, not the records."""
    destination = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not destination:
        return
    from ministack.core.responses import new_uuid

    config = function.get("config") or function
    response = {"statusCode": 200, "executedVersion": "$LATEST"}
    # If the function reported failures, it didn't fail itself.
    if failure.function_error:
        response["functionError"] = failure.function_error
    _deliver(destination, json.dumps({
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": config.get("FunctionArn", ""),
            "condition": condition,
            "approximateInvokeCount": tries,
        },
        "responseContext": response,
        "version": "1.0",
        "timestamp": _iso(time.time()),
        "DDBStreamBatchInfo": {
            "shardId": SHARD_ID,
            "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _iso(_created(records[0])),
            "approximateArrivalOfLastRecord": _iso(_created(records[-1])),
            "batchSize": len(records),
            "streamArn": mapping["EventSourceArn"],
        },
    }))


def _deliver(destination, body):
    from ministack.core.arn import parse_arn
    from ministack.core.responses import new_uuid
    from ministack.services import eventbridge, lambda_svc, sns, sqs

    spec = parse_arn(destination)
    if spec.service == "sqs" and sqs._queue_by_arn(destination) is not None:
        eventbridge._dispatch_to_sqs(spec, body)
    elif spec.service == "sns" and destination in sns._topics:
        sns._fanout(destination, new_uuid(), body, "", "", {})
    else:
        lambda_svc.logger.error("ESM: there is no on-failure destination %s", destination)


def _iso(seconds):
    milliseconds = int(seconds * 1000) % 1000
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"
