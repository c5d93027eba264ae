# Several domains with Route 53, each with its own settings.

provider "aws" {
  region = "eu-central-1"
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the SMTP passwords."
  type        = string
  nullable    = false
}

variable "zone_ids" {
  description = "Ids of the hosted zones, by domain."
  type        = map(string)
  nullable    = false
}

module "sesame" {
  source = "../.."

  table_name   = "mail"
  kms_key_arn  = var.kms_key_arn
  alert_emails = ["postmaster@example.com"]

  domains = {
    "example.com" = {
      dmarc_policy = "reject"
    }
    "example.org" = {
      mail_from_subdomain = "mailer"
      dmarc_policy        = "none"
      # Another domain agrees to get these by a record in its own DNS, which is among dns_records because it is one of ours.
      dmarc_report_address = "reports@example.com"
      tls_report_address   = "reports@example.com"
    }
  }
}

resource "aws_route53_record" "mail" {
  # Left out: what SES doesn't need, and what collides. Route 53 has one set of values for each name and type; a domain usually has
  # a TXT record already, and _amazonses may be another Region's. Add purpose dmarc where there is a DMARC record.
  for_each = { for record in module.sesame.dns_records : record.key => record if !contains(["spf", "verification"], record.purpose) }

  zone_id = var.zone_ids[each.value.domain]
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = [each.value.value]
}
