variable "configuration_set_name" {
  description = "Name of the configuration set."
  type        = string
  nullable    = false
}

variable "domains" {
  description = "Sending domains. An identity that isn't created here must exist. An empty mail_from_domain leaves MAIL FROM as it is."
  type = map(object({
    create_identity  = bool
    mail_from_domain = string
  }))
  nullable = false
}

variable "tls_required" {
  description = "Whether SES delivers by TLS only, and gives a mail up where the receiver has none."
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
  description = "Whether SES counts events in CloudWatch for the configuration set."
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
  description = "Tags of configuration set and identities."
  type        = map(string)
  nullable    = false
  default     = {}
}
