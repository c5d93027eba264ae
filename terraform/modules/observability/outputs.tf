output "dashboard_name" {
  description = "Name of the dashboard; empty if there is none."
  value       = var.dashboard ? aws_cloudwatch_dashboard.this[0].dashboard_name : ""
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = sort(concat([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_name], aws_cloudwatch_metric_alarm.iam_users[*].alarm_name))
}

output "event_log_name" {
  description = "Name of the log group of SES events; empty if there is none."
  value       = var.event_log ? aws_cloudwatch_log_group.events[0].name : ""
}

output "history_log_name" {
  description = "Name of the log group of what happened to credentials; empty if there is none."
  value       = var.history_log ? aws_cloudwatch_log_group.history[0].name : ""
}
