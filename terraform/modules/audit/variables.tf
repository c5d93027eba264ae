variable "trail_name" {
  description = "Name of the trail."
  type        = string
  nullable    = false
}

variable "bucket_name" {
  description = "Name of the bucket for the trail's files. Bucket names are globally unique."
  type        = string
  nullable    = false
}

variable "table_arn" {
  description = "ARN of the table whose calls are recorded."
  type        = string
  nullable    = false
}

variable "with_reads" {
  description = "Whether reads of the table are recorded as well. Each recorded call costs money."
  type        = bool
  nullable    = false
  default     = false
}

variable "retention_days" {
  description = "Retention of the trail's files, in days."
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
  description = "Tags of the trail and the bucket."
  type        = map(string)
  nullable    = false
  default     = {}
}
