variable "name_prefix" {
  description = "Prefix of the roles' names."
  type        = string
  nullable    = false
  default     = ""
}

variable "principals" {
  description = "For each role, ARNs of accounts, roles or users that may assume it. Without any, the role isn't made."
  type = object({
    viewer        = optional(list(string), [])
    operator      = optional(list(string), [])
    secret-reader = optional(list(string), [])
  })
  nullable = false
}

variable "require_mfa" {
  description = "Whether assuming a role requires multi-factor authentication in the same session."
  type        = bool
  nullable    = false
  default     = true
}

variable "policies" {
  description = "The roles' policies, as JSON."
  type = object({
    viewer        = string
    operator      = string
    secret-reader = string
  })
  nullable = false
}

variable "role_path" {
  description = "IAM path of the roles."
  type        = string
  nullable    = false
  default     = "/"
}

variable "role_permissions_boundary_arn" {
  description = "ARN of a permissions boundary for the roles; empty for none."
  type        = string
  nullable    = false
  default     = ""
}

variable "tags" {
  description = "Tags of the roles."
  type        = map(string)
  nullable    = false
  default     = {}
}
