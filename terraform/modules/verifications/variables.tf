variable "queue_name" {
  description = "Name of the queue."
  type        = string
  nullable    = false
}

variable "rule_name" {
  description = "Name of the EventBridge rule."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of the bus that our events are published to."
  type        = string
  nullable    = false
}

variable "table_name" {
  description = "Name of the table whose credentials are verified."
  type        = string
  nullable    = false
}

variable "delay_seconds" {
  description = "Delay before the first login with a new key, in seconds."
  type        = number
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "How long a received message stays hidden: at least six times the function's time-out."
  type        = number
  nullable    = false
}

variable "parking_queue_arn" {
  description = "ARN of the queue for messages that cannot be processed."
  type        = string
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
  description = "Tags of the queue and the rule."
  type        = map(string)
  nullable    = false
  default     = {}
}
