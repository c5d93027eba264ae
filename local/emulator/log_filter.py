"""Makes MiniStack search log groups as CloudWatch Logs does.

MiniStack answers everything at once, matches every event to a pattern in braces, ignores case, and has no page tokens. CloudWatch Logs looks at
a part of the group in each call: a page may be empty although more follow, and ends with a token as long as there may be more.

- https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
- https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

How much one call looks at isn't documented; here it is a fixed number of events. Patterns that this file can't read are refused, so that none is
ignored in silence.
"""

import base64
import heapq
import json
import os
import re

from replace import replace

# A page holds at most so many events, and so many bytes of them.
PAGE_EVENTS = 10_000
PAGE_BYTES = 1_000_000
# How many events one call looks at. Small enough that an ordinary test meets empty pages.
LOOKED_AT = int(os.environ.get("SESAME_LOG_EVENTS_LOOKED_AT", "500"))
LONGEST_PATTERN = 1024
MOST_EXPRESSIONS = 2

TOKENS = re.compile(r'\s*(?:(?P<term>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]+)%|(?P<word>[A-Za-z0-9_]+))(?=\s|$))')
SELECTOR = re.compile(r"\$(?:\.[A-Za-z0-9_-]+|\[\d+\])+")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
# What a regular expression may hold, besides what is escaped by a backslash.
EXPRESSION = re.compile(r"^(?:[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|*+.()]|\\.)+$")


class PatternError(Exception):
    pass


def install() -> None:
    from ministack.services import cloudwatch_logs

    def filter_log_events(data):
        return _answer(cloudwatch_logs, data)

    replace(cloudwatch_logs, "_filter_log_events", filter_log_events)


def _answer(logs, data):
    def refuse(message, code="InvalidParameterException"):
        return logs.error_response_json(code, message, 400)

    group = logs._resolve_log_group_name(data)
    if group not in logs._log_groups:
        return refuse("The specified log group does not exist.", "ResourceNotFoundException")
    limit = data.get("limit", PAGE_EVENTS)
    if not isinstance(limit, int) or not 1 <= limit <= PAGE_EVENTS:
        return refuse("limit must be between 1 and 10000.")
    start, end = data.get("startTime"), data.get("endTime")
    try:
        matches = compile_pattern(data.get("filterPattern") or "")
        after = _read_token(data, group)
    except PatternError as error:
        return refuse(str(error))
    found, size, looked_at = [], 0, 0
    last = after
    more = False
    for event, stream, place in _in_order(logs, group, data, start, end, after):
        if len(found) >= limit or looked_at >= LOOKED_AT:
            more = True
            break
        if matches(event["message"]):
            # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html: 26 bytes more for each event
            length = len(event["message"].encode()) + 26
            if found and size + length > PAGE_BYTES:
                more = True
                break
            found.append({**event, "logStreamName": stream})
            size += length
        looked_at += 1
        last = place
    answer = {"events": found, "searchedLogStreams": []}
    return logs.json_response({**answer, "nextToken": _write_token(data, group, last)} if more else answer)


def _in_order(logs, group, data, start, end, after):
    """All events of the time, by time; each with its place: its time, and how many of that time came before it."""
    names = data.get("logStreamNames")
    prefix = data.get("logStreamNamePrefix")
    streams = logs._log_groups[group]["streams"]
    parts = []
    with logs._log_events_lock:
        for name, stream in streams.items():
            if (names and name not in names) or (prefix and not name.startswith(prefix)):
                continue
            history = stream["events"]
            first_time = max(start or 0, after[0] if after else 0)
            first = logs.bisect_left(history, first_time, key=logs._event_timestamp)
            # The end itself is left out, as the documents of GetLogEvents have it; those of FilterLogEvents say "later than".
            until = len(history) if end is None else logs.bisect_right(history, end, key=logs._event_timestamp)
            parts.append(_named(history[first:until], name))
    # Each stream is in order. Only what is looked at is taken from it.
    events = heapq.merge(*parts, key=lambda entry: (entry[0]["timestamp"], entry[0]["ingestionTime"]))
    time, count = None, 0
    for event, stream in events:
        count = count + 1 if event["timestamp"] == time else 1
        time = event["timestamp"]
        place = (time, count)
        if after is None or place > after:
            yield event, stream, place


def _named(events, stream):
    return ((event, stream) for event in events)


def _query(data, group):
    return [group, *(data.get(name) for name in ("filterPattern", "startTime", "endTime", "logStreamNames", "logStreamNamePrefix"))]


def _write_token(data, group, last):
    return base64.urlsafe_b64encode(json.dumps([_query(data, group), last]).encode()).decode()


def _read_token(data, group):
    token = data.get("nextToken")
    if token is None:
        return None
    try:
        query, last = json.loads(base64.urlsafe_b64decode(token))
        if query != _query(data, group):
            raise ValueError("of another search")
        return None if last is None else (int(last[0]), int(last[1]))
    except (ValueError, TypeError, IndexError):
        raise PatternError("The specified nextToken is invalid.") from None


def compile_pattern(raw):
    """A function that says whether a message matches. Upper and lower case differ."""
    if len(raw) > LONGEST_PATTERN:
        raise PatternError("filterPattern must have length less than or equal to 1024.")
    text = raw.strip()
    if text.startswith("{"):
        return _compile_json(text)
    return _compile_terms(text)


def _compile_terms(text):
    every, some, none = [], [], []
    position = expressions = 0
    while position < len(text):
        found = TOKENS.match(text, position)
        if found is None:
            raise PatternError(f"Invalid filter pattern: {text}")
        position = found.end()
        if found["regex"] is not None:
            expressions += 1
            contains = _compile_expression(found["regex"])
        else:
            contains = _contains(found["word"] if found["phrase"] is None else _unescape(found["phrase"]))
        {"?": some, "-": none, "": every}[found["term"]].append(contains)
    if expressions > MOST_EXPRESSIONS:
        raise PatternError("A filter pattern holds at most two regular expressions.")
    if some and (every or none):
        raise PatternError("Optional terms can't be mixed with others: CloudWatch Logs would ignore them.")
    return lambda message: (
        all(contains(message) for contains in every)
        and not any(contains(message) for contains in none)
        and (not some or any(contains(message) for contains in some))
    )


def _contains(part):
    return lambda message: part in message


def _compile_expression(text):
    if not EXPRESSION.match(text) or "(" in text.replace("\\(", ""):
        raise PatternError(f"Invalid regular expression: {text}")
    try:
        return re.compile(text).search
    except re.error as error:
        raise PatternError(f"Invalid regular expression: {error}") from None


def _unescape(text):
    return re.sub(r"\\(.)", r"\1", text)


def _compile_json(text):
    """`{ $.a.b = "x" && $.c != "y*" || ... }`, without parentheses and numbers, which nothing here needs."""
    if not text.endswith("}"):
        raise PatternError(f"Invalid filter pattern: {text}")
    position = 1
    alternatives = [[]]
    while True:
        selector = _take(SELECTOR, text, position)
        operator = _take(re.compile(r"!=|="), text, selector.end())
        value = _take(STRING, text, operator.end())
        alternatives[-1].append(_compile_comparison(selector.group(), operator.group() == "=", value.group(1)))
        joint = _take(re.compile(r"&&|\|\||\}"), text, value.end())
        position = joint.end()
        if joint.group() == "}":
            if position != len(text):
                raise PatternError(f"Invalid filter pattern: {text}")
            break
        if joint.group() == "||":
            alternatives.append([])

    def matches(message):
        try:
            value = json.loads(message)
        except ValueError:
            return False
        return any(all(comparison(value) for comparison in comparisons) for comparisons in alternatives)

    return matches


def _take(expression, text, position):
    while position < len(text) and text[position].isspace():
        position += 1
    found = expression.match(text, position)
    if found is None:
        raise PatternError(f"Invalid filter pattern: {text}")
    return found


def _compile_comparison(selector, wants_equal, value):
    steps = [int(index) if index else name for name, index in re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", selector)]
    shape = re.compile("".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", _unescape(value))), re.DOTALL)

    def compare(held):
        for step in steps:
            try:
                held = held[step]
            except (KeyError, IndexError, TypeError):
                # A field that isn't there equals nothing, and differs from nothing.
                return False
        return (isinstance(held, str) and shape.fullmatch(held) is not None) == wants_equal

    return compare
