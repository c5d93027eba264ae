variable "trail_name" {
  description = "Name of the trail."
  type        = string
  nullable    = false
}

variable "bucket_name" {
  description = "Name of the bucket that holds the trail's files. Bucket names are unique in the world."
  type        = string
  nullable    = false
}

variable "table_arn" {
  description = "ARN of the table whose calls are recorded."
  type        = string
  nullable    = false
}

variable "with_reads" {
  description = "Whether reading the table is recorded as well: each call of it costs."
  type        = bool
  nullable    = false
  default     = false
}

variable "retention_days" {
  description = "How long the trail's files are kept, in days."
  type        = number
  nullable    = false
  default     = 365
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
  description = "Tags of trail and bucket."
  type        = map(string)
  nullable    = false
  default     = {}
}
