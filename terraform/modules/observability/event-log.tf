# Two log groups that EventBridge writes: what SES tells of mails, and what happened to credentials.
#
# SES can't write to CloudWatch Logs, so its events go through EventBridge, with best-effort delivery. The log may lack events, so
# nothing counts by it. https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html

resource "aws_cloudwatch_log_group" "events" {
  # checkov:skip=CKV_AWS_338:It holds people's addresses; a year of them is more than necessary (event_log_retention_days).
  count = var.event_log ? 1 : 0

  name              = local.event_log_name
  retention_in_days = var.event_log_retention_days
  kms_key_id        = var.log_kms_key_arn == "" ? null : var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_event_rule" "events" {
  count = var.event_log ? 1 : 0

  name        = "${var.name_prefix}sesame-mails"
  description = "What SES tells of mails of the configuration set ${var.configuration_set_name}"
  tags        = var.tags

  event_pattern = jsonencode({
    source = ["aws.ses"]
    detail = { mail = { tags = { "ses:configuration-set" = [var.configuration_set_name] } } }
  })
}

# Without a role: for delivery to log groups, EventBridge uses only the log group's resource policy.
resource "aws_cloudwatch_event_target" "events" {
  count = var.event_log ? 1 : 0

  rule      = aws_cloudwatch_event_rule.events[0].name
  target_id = "log"
  arn       = aws_cloudwatch_log_group.events[0].arn

  depends_on = [aws_cloudwatch_log_resource_policy.events]
}

resource "aws_cloudwatch_log_group" "history" {
  # checkov:skip=CKV_AWS_338:The default is a year; whoever needs less sets history_log_retention_days.
  count = var.history_log ? 1 : 0

  name              = local.history_log_name
  retention_in_days = var.history_log_retention_days
  kms_key_id        = var.log_kms_key_arn == "" ? null : var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_event_rule" "history" {
  count = var.history_log ? 1 : 0

  name           = "${var.name_prefix}sesame-credentials"
  event_bus_name = var.event_bus_name
  description    = "What happened to credentials of the table ${var.table_name}"
  tags           = var.tags

  event_pattern = jsonencode({
    source = ["sesame"]
    detail = { table = [var.table_name] }
  })
}

resource "aws_cloudwatch_event_target" "history" {
  count = var.history_log ? 1 : 0

  rule           = aws_cloudwatch_event_rule.history[0].name
  event_bus_name = var.event_bus_name
  target_id      = "log"
  arn            = aws_cloudwatch_log_group.history[0].arn

  depends_on = [aws_cloudwatch_log_resource_policy.events]
}

locals {
  # Who may write to which log group. One resource policy for both: an account may have ten in a Region.
  logged_rules = merge(
    var.event_log ? { (local.event_log_name) = aws_cloudwatch_event_rule.events[0].arn } : {},
    var.history_log ? { (local.history_log_name) = aws_cloudwatch_event_rule.history[0].arn } : {},
  )
  logged_statements = flatten([
    for name, rule_arn in local.logged_rules : [
      {
        Sid       = name == local.event_log_name ? "CreateStreams" : "CreateHistoryStreams"
        Effect    = "Allow"
        Principal = { Service = ["delivery.logs.amazonaws.com", "events.amazonaws.com"] }
        Action    = "logs:CreateLogStream"
        Resource  = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}:*"
      },
      {
        Sid       = name == local.event_log_name ? "WriteEventsOfTheRule" : "WriteHistory"
        Effect    = "Allow"
        Principal = { Service = ["delivery.logs.amazonaws.com", "events.amazonaws.com"] }
        Action    = "logs:PutLogEvents"
        Resource  = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}:*:*"
        Condition = { ArnEquals = { "aws:SourceArn" = rule_arn } }
      },
    ]
  ])
}

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
resource "aws_cloudwatch_log_resource_policy" "events" {
  count = var.event_log || var.history_log ? 1 : 0

  policy_name = "${var.name_prefix}sesame-mails"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = local.logged_statements
  })
}
