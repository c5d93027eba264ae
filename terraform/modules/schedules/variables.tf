variable "group_name" {
  description = "Name of the schedule group."
  type        = string
  nullable    = false
}

variable "role_name" {
  description = "Name of the role that EventBridge Scheduler uses to call the functions."
  type        = string
  nullable    = false
}

variable "schedules" {
  description = "The schedules: what to call, and when."
  type = map(object({
    description  = string
    expression   = string
    function_arn = string
  }))
  nullable = false
}

variable "failure_queue_arn" {
  description = "ARN of the queue for calls that could not be made."
  type        = string
  nullable    = false
}

variable "policy" {
  description = "The role's policy, as JSON."
  type        = string
  nullable    = false
}

variable "role_path" {
  description = "IAM path of the role."
  type        = string
  nullable    = false
  default     = "/"
}

variable "role_permissions_boundary_arn" {
  description = "ARN of a permissions boundary for the role; empty for none."
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
  description = "Tags of the group and the role."
  type        = map(string)
  nullable    = false
  default     = {}
}
