variable "name" {
  description = "Name of the API. The names of its log group and of its policies are made from it."
  type        = string
  nullable    = false
}

variable "functions" {
  description = "The functions behind the API, by names of your choice, with their routes: for each route key, the route sets that it belongs to (viewer, operator, secret-reader)."
  type = map(object({
    arn    = string
    name   = string
    routes = map(list(string))
  }))
  nullable = false
}

variable "role_names" {
  description = "Names of roles that get a policy, by route set."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "policy_path" {
  description = "IAM path of the policies."
  type        = string
  nullable    = false
  default     = "/"
}

variable "throttling" {
  description = "How many requests the API takes: in a burst, and each second."
  type = object({
    burst = number
    rate  = number
  })
  nullable = false
}

variable "log_retention_days" {
  description = "Retention of the access log, in days."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the access log; empty for the default encryption of CloudWatch Logs."
  type        = string
  nullable    = false
  default     = ""
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  nullable    = false
  default     = {}
}
