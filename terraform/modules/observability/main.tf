# Monitoring: alarms, a dashboard, saved queries, and a log of all SES events.

locals {
  # METRIC_NAMESPACE of src/observability/metric-catalogue.ts.
  namespace            = "Sesame"
  log_metric_namespace = "${var.name_prefix}SesameLogs"
  kms_errors_metric    = "KmsErrors"
  # EventBridge delivers to log groups below this prefix.
  event_log_name = "/aws/events/${var.name_prefix}smtp-mails"
}
