# Only the required inputs: the table, the key, the domain.

provider "aws" {
  region = "eu-west-1"
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the SMTP passwords."
  type        = string
  nullable    = false
}

module "sesame" {
  source = "../.."

  table_name  = "mail"
  kms_key_arn = var.kms_key_arn
  domains     = { "example.com" = {} }
}

output "dns_records" {
  description = "To be added to the domain's DNS."
  value       = module.sesame.dns_records
}

output "smtp_endpoint" {
  description = "For mail clients, with port 587."
  value       = module.sesame.smtp_endpoint
}
