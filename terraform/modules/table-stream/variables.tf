variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false
}

variable "create" {
  description = "Whether the table is created here. Otherwise it must exist with its stream enabled."
  type        = bool
  nullable    = false
  default     = false
}

variable "tags" {
  description = "Tags of the table, if it is created here."
  type        = map(string)
  nullable    = false
  default     = {}
}
