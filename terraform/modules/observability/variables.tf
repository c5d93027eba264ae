variable "name_prefix" {
  description = "Prefix of all names."
  type        = string
  nullable    = false
  default     = ""
}

variable "function_names" {
  description = "Names of the functions, by the service that their metrics and logs name."
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

variable "alerts_topic_arn" {
  description = "ARN of the topic that alarms are told to."
  type        = string
  nullable    = false
}

variable "runbooks_url" {
  description = "Where the runbooks can be read, without a slash at the end."
  type        = string
  nullable    = false
}

variable "alarms" {
  description = "Whether there are alarms."
  type        = bool
  nullable    = false
}

variable "thresholds" {
  description = "From where on an alarm calls."
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
  description = "Whether there is a dashboard."
  type        = bool
  nullable    = false
}

variable "event_log" {
  description = "Whether SES's events are kept in CloudWatch Logs, as far as SES delivers them (best effort)."
  type        = bool
  nullable    = false
}

variable "event_log_retention_days" {
  description = "How long SES's events are kept, in days."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the event log; empty for the encryption that CloudWatch Logs always does."
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
  description = "Tags of everything that is created."
  type        = map(string)
  nullable    = false
  default     = {}
}
