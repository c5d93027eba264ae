output "rule_arn" {
  description = "ARN of the rule that starts a sweep."
  value       = aws_cloudwatch_event_rule.sweep.arn
}
