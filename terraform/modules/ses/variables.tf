variable "configuration_set_name" {
  description = "Name of the configuration set."
  type        = string
  nullable    = false
}

variable "domains" {
  description = "Sending domains. An identity that is not created here must exist. An empty mail_from_domain does not change MAIL FROM."
  type = map(object({
    create_identity  = bool
    mail_from_domain = string
  }))
  nullable = false
}

variable "tls_required" {
  description = "Whether SES delivers only over TLS, and gives up if the receiver does not support it."
  type        = bool
  nullable    = false
  default     = true
}

variable "topic_arns" {
  description = "ARNs of the topics that SES publishes to."
  type = object({
    sends      = string
    deliveries = string
    bounces    = string
    complaints = string
    rejects    = string
  })
  nullable = false
}

variable "publish_to_event_bus" {
  description = "Whether SES publishes events to the default event bus."
  type        = bool
  nullable    = false
}

variable "publish_metrics" {
  description = "Whether SES publishes metrics of the configuration set to CloudWatch."
  type        = bool
  nullable    = false
}

variable "partition" {
  description = "AWS partition, for ARNs."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region, for ARNs."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "Account, for ARNs."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of the configuration set and the identities."
  type        = map(string)
  nullable    = false
  default     = {}
}
