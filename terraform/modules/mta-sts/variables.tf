variable "domain" {
  description = "The domain of the policy."
  type        = string
  nullable    = false
}

variable "policy_text" {
  description = "The policy."
  type        = string
  nullable    = false
}

variable "certificate_ready" {
  description = "Whether the DNS record of the certificate exists, so that the certificate can be issued and used."
  type        = bool
  nullable    = false
}

variable "bucket_prefix" {
  description = "Prefix of the bucket's name."
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
  description = "Region of the bucket."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "Account, for a unique bucket name."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  nullable    = false
  default     = {}
}
