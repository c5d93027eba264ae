variable "name_prefix" {
  description = "Prefix of the topics' names."
  type        = string
  nullable    = false
  default     = ""
}

variable "configuration_set_name" {
  description = "Name of the SES configuration set that publishes."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a KMS key for the topics; empty for SNS's own encryption. Its policy must let SES and CloudWatch use it: output kms_key_policy_statement."
  type        = string
  nullable    = false
  default     = ""
}

variable "alert_emails" {
  description = "Addresses that receive the alerts. They may be sensitive or unknown, but their number must be known."
  type        = list(string)
  nullable    = false
  default     = []
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
  description = "Tags of the topics."
  type        = map(string)
  nullable    = false
  default     = {}
}
