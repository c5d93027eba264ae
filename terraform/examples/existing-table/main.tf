# Next to a system that receives mail, with its table, its domain's identity, its receiving rules, and the organization's permissions
# boundary. The table's stream must be on; if it isn't, the plan says how to enable it. Others may send from the domain already:
# read "The identity exists already" in docs/deploy.md before you make the new configuration set its default.

provider "aws" {
  region = "eu-west-1"
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the SMTP passwords."
  type        = string
  nullable    = false
}

variable "role_permissions_boundary_arn" {
  description = "ARN of the permissions boundary that the organisation asks for."
  type        = string
  nullable    = false
  default     = ""
}

module "sesame" {
  source = "../.."

  table_name                    = "ses-mail"
  kms_key_arn                   = var.kms_key_arn
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  receiving_rules               = "warn"

  domains = {
    "example.com" = {
      create_identity     = false
      mail_from_subdomain = ""
    }
  }
}

output "function_names" {
  description = "The functions that were deployed."
  value       = module.sesame.function_names
}
