variable "dead_letters_name" {
  description = "Name of the queue for failed work."
  type        = string
  nullable    = false
}

variable "parking_name" {
  description = "Name of the queue for messages that need a person."
  type        = string
  nullable    = false
}

variable "redriving_queue_names" {
  description = "Names of other queues that may send messages to the parking queue."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "visibility_timeout_seconds" {
  description = "How long a received message stays hidden: at least six times the function's time-out."
  type        = number
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
  description = "Tags of both queues."
  type        = map(string)
  nullable    = false
  default     = {}
}
