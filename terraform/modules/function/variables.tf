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
  description = "Memory, in MB. CPU grows with it."
  type        = number
  nullable    = false
  default     = 256
}

variable "timeout_seconds" {
  description = "After so many seconds Lambda ends a call."
  type        = number
  nullable    = false
}

variable "environment" {
  description = "The function's settings. Exactly the keys of its schema in src/functions."
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
  description = "How long logs are kept, in days."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the log group; empty for the encryption that CloudWatch Logs always does."
  type        = string
  nullable    = false
  default     = ""
}

variable "log_level" {
  description = "Level from which on Lambda passes log lines: DEBUG or INFO."
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
  description = "Calls at once that are reserved for the function, and its limit; -1 for none."
  type        = number
  nullable    = false
  default     = -1
}

variable "failure_queue_arn" {
  description = "ARN of the queue that is told what failed for good."
  type        = string
  nullable    = false
}

variable "additional_statements" {
  description = "Statements that the role's policy has besides those of `policy`."
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

variable "is_scheduled" {
  description = "Whether a schedule calls the function, so that nobody waits for its answer."
  type        = bool
  nullable    = false
  default     = false
}

variable "maximum_retry_attempts" {
  description = "How often Lambda tries a scheduled call again that failed, before the failure queue is told."
  type        = number
  nullable    = false
  default     = 2
}

variable "streams" {
  description = "Streams that the function reads, by a name of your own. Filters are JSON event patterns; a record that matches one of them is delivered."
  type = map(object({
    arn        = string
    batch_size = optional(number, 100)
    filters    = list(string)
  }))
  nullable = false
  default  = {}
}

variable "queues" {
  description = "Queues that the function reads, by a name of your own. Batches of more than 10 want a batching window."
  type = map(object({
    arn                     = string
    batch_size              = optional(number, 10)
    batching_window_seconds = optional(number, 0)
    maximum_concurrency     = optional(number, 2)
  }))
  nullable = false
  default  = {}
}

variable "tags" {
  description = "Tags of everything that is created."
  type        = map(string)
  nullable    = false
  default     = {}
}
