variable "name" {
  description = "Name of the queue."
  type        = string
  nullable    = false
}

variable "topic_arns" {
  description = "ARNs of the topics, by a name of your own."
  type        = map(string)
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "How long a message is hidden once it is taken: six times the function's time-out, or more."
  type        = number
  nullable    = false
}

variable "parking_queue_arn" {
  description = "ARN of the queue where messages end that nobody can work off."
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
