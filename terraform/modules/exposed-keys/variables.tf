variable "rule_name" {
  description = "Name of the EventBridge rule; the rules that forward have the Region behind it."
  type        = string
  nullable    = false
}

variable "role_name" {
  description = "Name of the role by which EventBridge forwards events between Regions."
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

variable "sweeper_arn" {
  description = "ARN of the function that sweeps."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition, for ARNs."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the deployment."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "Account, for ARNs."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of the rules and the role."
  type        = map(string)
  nullable    = false
  default     = {}
}
