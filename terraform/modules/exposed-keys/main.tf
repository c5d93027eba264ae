# AWS Health tells when AWS has found an access key in public. A sweep then suspends its credential within minutes, because AWS puts the
# user into quarantine. IAM is global: Health sends such events to one Region of the partition (us-east-1), and to a backup Region (us-west-2).
# Rules there forward them to the default bus of this Region.
# https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html

locals {
  pattern = jsonencode({
    source      = ["aws.health"]
    detail-type = ["AWS Health Event"]
    detail = {
      service       = ["RISK"]
      eventTypeCode = ["AWS_RISK_CREDENTIALS_EXPOSED", "AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED"]
    }
  })
  default_bus_arn = "arn:${var.partition}:events:${var.region}:${var.account_id}:event-bus/default"
  # Keys that a plan knows even if the Region and partition are known only after the apply. The rule in this Region is disabled.
  health_regions = {
    primary = lookup({ aws-us-gov = "us-gov-west-1", aws-cn = "cn-northwest-1" }, var.partition, "us-east-1")
    backup  = lookup({ aws-us-gov = "us-gov-east-1", aws-cn = "cn-north-1" }, var.partition, "us-west-2")
  }
}

resource "aws_cloudwatch_event_rule" "sweep" {
  name          = var.rule_name
  description   = "An access key of this account was found in public: sweep the credentials now"
  event_pattern = local.pattern
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule      = aws_cloudwatch_event_rule.sweep.name
  target_id = "sweep"
  arn       = var.sweeper_arn
  # A full sweep looks at the attached policies of every user.
  input = jsonencode({ reads = "all" })
}

resource "aws_lambda_permission" "sweep" {
  statement_id   = var.rule_name
  action         = "lambda:InvokeFunction"
  function_name  = var.sweeper_arn
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.sweep.arn
  source_account = var.account_id
}

resource "aws_cloudwatch_event_rule" "forward" {
  for_each = local.health_regions

  region        = each.value
  name          = "${var.rule_name}-${var.region}"
  description   = "An access key of this account was found in public: tell ${var.region}"
  state         = each.value == var.region ? "DISABLED" : "ENABLED"
  event_pattern = local.pattern
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "forward" {
  for_each = local.health_regions

  region    = each.value
  rule      = aws_cloudwatch_event_rule.forward[each.key].name
  target_id = "forward"
  # A bus can't be the target of its own rule.
  arn      = each.value == var.region ? var.sweeper_arn : local.default_bus_arn
  role_arn = each.value == var.region ? null : aws_iam_role.forward.arn
}

resource "aws_iam_role" "forward" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Role by which EventBridge forwards events of AWS Health to ${var.region}"
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:events:*:${var.account_id}:rule/${var.rule_name}-${var.region}" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  name   = var.role_name
  role   = aws_iam_role.forward.id
  policy = var.policy
}
