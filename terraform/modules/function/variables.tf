variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the function does, in a few words."
  type        = string
  nullable    = false
}

variable "zip_file" {
  description = "Path of the built zip."
  type        = string
  nullable    = false
}

variable "memory_megabytes" {
  description = "Memory, in MB. CPU scales with it."
  type        = number
  nullable    = false
  default     = 256
}

variable "timeout_seconds" {
  description = "Time-out of a call, in seconds."
  type        = number
  nullable    = false
}

variable "environment" {
  description = "The function's environment. Its keys are exactly those of the function's schema in src/functions."
  type        = map(string)
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

variable "log_retention_days" {
  description = "Retention of the logs, in days."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the log group; empty for the default encryption of CloudWatch Logs."
  type        = string
  nullable    = false
  default     = ""
}

variable "log_level" {
  description = "Minimum level of log lines that Lambda keeps: DEBUG or INFO."
  type        = string
  nullable    = false
  default     = "INFO"
}

variable "tracing" {
  description = "Whether X-Ray traces the function's calls."
  type        = bool
  nullable    = false
  default     = true
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the function, which is also its limit; -1 for none."
  type        = number
  nullable    = false
  default     = -1
}

variable "additional_statements" {
  description = "Statements of the role's policy in addition to `policy`."
  type = list(object({
    Sid       = string
    Effect    = string
    Action    = list(string)
    Resource  = string
    Condition = map(map(string))
  }))
  nullable = false
  default  = []
}

variable "streams" {
  description = "Streams that the function reads, by names of your choice. Filters are JSON event patterns; a record is delivered if it matches one of them. The failure queue gets the positions of discarded records."
  type = map(object({
    arn                            = string
    batch_size                     = number
    filters                        = list(string)
    bisect_batch_on_function_error = bool
    maximum_retry_attempts         = number
    maximum_record_age_seconds     = number
    parallelization_factor         = number
    failure_queue_arn              = string
  }))
  nullable = false
  default  = {}
}

variable "queues" {
  description = "Queues that the function reads, by names of your choice. Batches of more than 10 require a batching window."
  type = map(object({
    arn                     = string
    batch_size              = number
    batching_window_seconds = number
    maximum_concurrency     = number
  }))
  nullable = false
  default  = {}
}

variable "schedules" {
  description = "The schedule that calls the function, by a name of your choice: how often and how long Lambda retries a failed call before it goes to the failure queue. At most one, because a function has one such setting."
  type = map(object({
    maximum_retry_attempts    = number
    maximum_event_age_seconds = number
    failure_queue_arn         = string
  }))
  nullable = false
  default  = {}
  validation {
    condition     = length(var.schedules) <= 1
    error_message = "A function has at most one schedule."
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  nullable    = false
  default     = {}
}
