# A queue with subscriptions to topics. Messages that can't be processed are parked soon, so that nothing waits behind them.

locals {
  queue_arn = "arn:${var.partition}:sqs:${var.region}:${var.account_id}:${var.name}"
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
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
        Sid       = "TakeWhatTheTopicsPublish"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = { ArnEquals = { "aws:SourceArn" = values(var.topic_arns) } }
      },
      {
        Sid       = "RefuseWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.queue_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      # In the same account a policy of a role is enough to send, so whoever may send anywhere could forge events. Both conditions hold for a
      # caller that has no such key.
      {
        Sid       = "RefuseOtherSenders"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = {
          ArnNotEquals = { "aws:SourceArn" = values(var.topic_arns) }
          ArnNotLike   = { "aws:PrincipalArn" = var.redrive_principals }
        }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = var.topic_arns

  topic_arn = each.value
  protocol  = "sqs"
  endpoint  = local.queue_arn

  # Messages that arrive before the queue accepts them would be lost.
  depends_on = [aws_sqs_queue.this, aws_sqs_queue_policy.this]
}
