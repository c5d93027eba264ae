"""Lets MiniStack's EventBridge deliver to log groups, which it takes as targets and then ignores.

EventBridge writes the whole event as one line of JSON, in a log stream of its own, with the event's time. It needs no role: the log group's resource
policy allows it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html

A rule on AWS also gets what SES tells of mails; MiniStack lets nobody publish as `aws.ses`, so the local stack writes those lines itself.
"""

import json
import time

from replace import replace

STREAM = "eventbridge"


def install() -> None:
    from ministack.core.arn import ArnParseError, parse_arn
    from ministack.services import cloudwatch_logs, eventbridge

    invoke_target = getattr(eventbridge, "_invoke_target", None)

    def invoke_or_log(target, event, rule, view=None):
        try:
            spec = parse_arn(target.get("Arn", ""))
        except ArnParseError:
            spec = None
        if spec is None or spec.service != "logs" or not spec.resource.startswith("log-group:"):
            return invoke_target(target, event, rule, view)
        if not eventbridge._target_matches_request_scope(spec):
            eventbridge.logger.warning("EventBridge: %s is in another account or Region", target.get("Arn"))
            return None
        group = spec.resource.removeprefix("log-group:").removesuffix(":*")
        line = (view or eventbridge._pattern_event_view(event)).event_with_detail()
        cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": STREAM})
        cloudwatch_logs._put_log_events({
            "logGroupName": group,
            "logStreamName": STREAM,
            "logEvents": [{"timestamp": int(time.time() * 1000), "message": json.dumps(line, separators=(",", ":"), ensure_ascii=False)}],
        })
        return None

    replace(eventbridge, "_invoke_target", invoke_or_log)
