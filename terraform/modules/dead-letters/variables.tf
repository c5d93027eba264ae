variable "dead_letters_name" {
  description = "Name of the queue of work that failed."
  type        = string
  nullable    = false
}

variable "parking_name" {
  description = "Name of the queue of messages that a person has to look at."
  type        = string
  nullable    = false
}

variable "redriving_queue_names" {
  description = "Names of other queues whose messages may end in the parking queue."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "visibility_timeout_seconds" {
  description = "How long a message is hidden once it is taken: six times the function's time-out, or more."
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
