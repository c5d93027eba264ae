variable "domain" {
  description = "The domain whose policy it is."
  type        = string
  nullable    = false
}

variable "policy_text" {
  description = "The policy."
  type        = string
  nullable    = false
}

variable "certificate_ready" {
  description = "Whether the certificate's DNS record stands, so that the certificate can be waited for and used."
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
  description = "Account, which makes the bucket's name unique."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that is created."
  type        = map(string)
  nullable    = false
  default     = {}
}
