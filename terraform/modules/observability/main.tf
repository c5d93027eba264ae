# Monitoring: alarms, a dashboard, saved queries, and logs of SES events and of what happened to credentials.

locals {
  # METRIC_NAMESPACE of src/observability/metric-catalogue.ts.
  namespace            = "Sesame"
  log_metric_namespace = "${var.name_prefix}SesameLogs"
  kms_errors_metric    = "KmsErrors"
  # EventBridge delivers to log groups below this prefix.
  event_log_name   = "/aws/events/${var.name_prefix}smtp-mails"
  history_log_name = "/aws/events/${var.name_prefix}smtp-credentials"
}
