# Events after which a key must be verified go to a delayed queue, because a new key takes seconds to work at SES.

locals {
  queue_arn = "arn:${var.partition}:sqs:${var.region}:${var.account_id}:${var.queue_name}"
}

resource "aws_sqs_queue" "this" {
  name                       = var.queue_name
  delay_seconds              = var.delay_seconds
  visibility_timeout_seconds = var.visibility_timeout_seconds
  message_retention_seconds  = 345600
  sqs_managed_sse_enabled    = true
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = var.parking_queue_arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TakeEventsOfTheRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.this.arn } }
      },
      {
        Sid       = "RefuseWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.queue_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  name           = var.rule_name
  description    = "New, rotated and enabled credentials of the table ${var.table_name} prove that they work"
  event_bus_name = var.event_bus_name
  tags           = var.tags

  event_pattern = jsonencode({
    source      = ["sesame"]
    detail-type = ["activated", "rotated", "enabled", "rotation undone"]
    detail      = { table = [var.table_name] }
  })
}

resource "aws_cloudwatch_event_target" "this" {
  rule           = aws_cloudwatch_event_rule.this.name
  event_bus_name = var.event_bus_name
  target_id      = "verifications"
  arn            = aws_sqs_queue.this.arn
}
