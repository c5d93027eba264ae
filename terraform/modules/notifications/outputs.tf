output "topic_arns" {
  description = "ARNs of the topics: sends, deliveries, bounces, complaints, rejects, alerts."
  # Known in a plan already, so that a plan shows who may send to the queues.
  value = local.topic_arns
  # SES publishes a test message when a topic is configured, so the policy must exist by then.
  depends_on = [aws_sns_topic.this, aws_sns_topic_policy.this]
}

# AWS's own statement for SES has no condition, and each service decides whether it sets aws:SourceAccount. CloudWatch does;
# for SES it isn't documented. If SES can't publish under the key, docs/first-hour-on-aws.md has the statement to use instead.
# https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html#configure-feedback-notifications-prerequisites
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
output "kms_key_policy_statement" {
  description = "Statement that the policy of a KMS key for the topics needs, as JSON. It must exist before the topics, because SES publishes a test message when a topic is configured."
  value = jsonencode({
    Sid       = "LetSesAndCloudWatchPublish"
    Effect    = "Allow"
    Principal = { Service = ["cloudwatch.amazonaws.com", "ses.amazonaws.com"] }
    Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
    Resource  = "*"
    Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
  })
}
