variable "name_prefix" {
  description = "Prefix of all names."
  type        = string
  nullable    = false
  default     = ""
}

variable "function_names" {
  description = "Names of the functions, by the service name in their metrics and logs."
  type        = map(string)
  nullable    = false
}

variable "log_group_names" {
  description = "Names of the functions' log groups, by service."
  type        = map(string)
  nullable    = false
}

variable "queue_names" {
  description = "Names of the queues."
  type = object({
    dead_letters   = string
    parking        = string
    verifications  = string
    sending_events = string
    feedback       = string
  })
  nullable = false
}

variable "configuration_set_name" {
  description = "Name of the SES configuration set whose mails are logged."
  type        = string
  nullable    = false
}

variable "admin_api" {
  description = "The admin API's id and the name of its access log; an empty list if there is none."
  type = list(object({
    id              = string
    access_log_name = string
  }))
  nullable = false
  default  = []
}

variable "alerts_topic_arn" {
  description = "ARN of the topic that alarms are sent to."
  type        = string
  nullable    = false
}

variable "runbooks_url" {
  description = "URL of the runbooks, without a trailing slash."
  type        = string
  nullable    = false
}

variable "alarms" {
  description = "Whether to create alarms."
  type        = bool
  nullable    = false
}

variable "thresholds" {
  description = "Thresholds of the alarms."
  type = object({
    oldest_message_seconds = number
    function_errors        = number
    stream_age_seconds     = number
    provisioning_failures  = number
    verification_failures  = number
    bounce_rate_percent    = number
    complaint_rate_percent = number
    daily_sending_quota    = number
    sending_quota_percent  = number
    iam_users_percent      = number
  })
  nullable = false
}

variable "dashboard" {
  description = "Whether to create a dashboard."
  type        = bool
  nullable    = false
}

variable "event_log" {
  description = "Whether to store SES events in CloudWatch Logs. SES delivers them with best effort."
  type        = bool
  nullable    = false
}

variable "event_log_retention_days" {
  description = "Retention of SES events, in days."
  type        = number
  nullable    = false
}

variable "history_log" {
  description = "Whether to store what happened to credentials in CloudWatch Logs."
  type        = bool
  nullable    = false
}

variable "history_log_retention_days" {
  description = "Retention of what happened to credentials, in days."
  type        = number
  nullable    = false
}

variable "table_name" {
  description = "Name of the table whose credentials are logged."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of the event bus that the functions publish on."
  type        = string
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the log groups of events; empty for the default encryption of CloudWatch Logs."
  type        = string
  nullable    = false
  default     = ""
}

variable "partition" {
  description = "AWS partition, for ARNs."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region, for ARNs and the dashboard."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "Account, for ARNs."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  nullable    = false
  default     = {}
}
