variable "name" {
  description = "Name of the queue."
  type        = string
  nullable    = false
}

variable "topic_arns" {
  description = "ARNs of the topics, by names of your choice."
  type        = map(string)
  nullable    = false
}

variable "redrive_principals" {
  description = "ARNs of the roles and users that may return parked messages to the queue."
  type        = list(string)
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
  description = "Tags of the queue."
  type        = map(string)
  nullable    = false
  default     = {}
}
