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

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
resource "aws_cloudwatch_log_resource_policy" "events" {
  count = var.event_log ? 1 : 0

  policy_name = "${var.name_prefix}sesame-mails"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "CreateStreams"
        Effect    = "Allow"
        Principal = { Service = ["delivery.logs.amazonaws.com", "events.amazonaws.com"] }
        Action    = "logs:CreateLogStream"
        Resource  = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${local.event_log_name}:*"
      },
      {
        Sid       = "WriteEventsOfTheRule"
        Effect    = "Allow"
        Principal = { Service = ["delivery.logs.amazonaws.com", "events.amazonaws.com"] }
        Action    = "logs:PutLogEvents"
        Resource  = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${local.event_log_name}:*:*"
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.events[0].arn } }
      },
    ]
  })
}
