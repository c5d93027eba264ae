output "topic_arns" {
  description = "ARNs of the topics: sends, deliveries, bounces, complaints, rejects, alerts."
  value       = { for topic, resource in aws_sns_topic.this : topic => resource.arn }
  # SES publishes a first message when it gets a topic, so the policy has to be there by then.
  depends_on = [aws_sns_topic_policy.this]
}

output "kms_key_policy_statement" {
  description = "Statement that the policy of a KMS key for the topics needs, as JSON."
  value = jsonencode({
    Sid       = "LetSesAndCloudWatchPublish"
    Effect    = "Allow"
    Principal = { Service = ["cloudwatch.amazonaws.com", "ses.amazonaws.com"] }
    Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
    Resource  = "*"
    Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
  })
}
