# One topic for each kind of notification: SES publishes events of mails, CloudWatch alarms. Functions that publish alerts have
# permission in their own roles. In the same account a policy of a role is enough to publish, so the topics of SES deny everybody but SES's
# configuration set; otherwise whoever may publish anywhere could forge bounces.

locals {
  topics = {
    sends      = "ses.amazonaws.com"
    deliveries = "ses.amazonaws.com"
    bounces    = "ses.amazonaws.com"
    complaints = "ses.amazonaws.com"
    rejects    = "ses.amazonaws.com"
    alerts     = "cloudwatch.amazonaws.com"
  }
  sources = {
    "ses.amazonaws.com"        = "arn:${var.partition}:ses:${var.region}:${var.account_id}:configuration-set/${var.configuration_set_name}"
    "cloudwatch.amazonaws.com" = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name_prefix}smtp-*"
  }
  topic_arns = {
    for topic in keys(local.topics) : topic => "arn:${var.partition}:sns:${var.region}:${var.account_id}:${var.name_prefix}smtp-${topic}"
  }
}

resource "aws_sns_topic" "this" {
  # checkov:skip=CKV_AWS_26:SNS encrypts everything it stores. SES and CloudWatch can't publish to a topic with alias/aws/sns, so only the caller's own key (variable kms_key_arn) is possible.
  for_each = local.topics

  name              = "${var.name_prefix}smtp-${each.key}"
  kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn = aws_sns_topic.this[each.key].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "PublishForThisDeployment"
        Effect    = "Allow"
        Principal = { Service = each.value }
        Action    = "sns:Publish"
        Resource  = local.topic_arns[each.key]
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account_id }
          ArnLike      = { "aws:SourceArn" = local.sources[each.value] }
        }
      },
      {
        Sid       = "RefuseWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arns[each.key]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      ], [
      for source in [local.sources[each.value]] : {
        Sid       = "RefuseOtherPublishers"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arns[each.key]
        Condition = { ArnNotLike = { "aws:SourceArn" = source } }
      } if each.value == "ses.amazonaws.com"
    ])
  })
}

# Each address gets a mail with a link, and nothing more until the link is followed. Keyed by index rather than by address, because an
# address may be sensitive or unknown before the apply.
resource "aws_sns_topic_subscription" "alerts" {
  for_each = toset([for index in range(nonsensitive(length(var.alert_emails))) : tostring(index)])

  topic_arn = aws_sns_topic.this["alerts"].arn
  protocol  = "email"
  endpoint  = var.alert_emails[each.value]
}
