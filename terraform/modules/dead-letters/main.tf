# Failed work waits in one queue, which a function processes. Work that retries can't fix waits in the other one for a person.

locals {
  queue_arn_prefix = "arn:${var.partition}:sqs:${var.region}:${var.account_id}"
}

resource "aws_sqs_queue" "dead_letters" {
  name                       = var.dead_letters_name
  visibility_timeout_seconds = var.visibility_timeout_seconds
  message_retention_seconds  = 1209600
  # SQS's own keys: with a KMS key, every function that sends here would need permission to use it.
  sqs_managed_sse_enabled = true
  tags                    = var.tags

  # A safety net: the processor itself parks a message long before.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.parking.arn
    maxReceiveCount     = 50
  })
}

resource "aws_sqs_queue" "parking" {
  name                      = var.parking_name
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "parking" {
  queue_url = aws_sqs_queue.parking.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [for name in concat([var.dead_letters_name], var.redriving_queue_names) : "${local.queue_arn_prefix}:${name}"]
  })
}

resource "aws_sqs_queue_policy" "this" {
  for_each = {
    (var.dead_letters_name) = aws_sqs_queue.dead_letters.url
    (var.parking_name)      = aws_sqs_queue.parking.url
  }

  queue_url = each.value
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RefuseWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "${local.queue_arn_prefix}:${each.key}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
