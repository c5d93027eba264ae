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
      # Another domain must agree to receive these reports by a record in its DNS. It is one of ours, so the record is in dns_records.
      dmarc_report_address = "reports@example.com"
      tls_report_address   = "reports@example.com"
    }
  }
}

resource "aws_route53_record" "mail" {
  # Without records that SES doesn't need or that may collide. Route 53 has one record set per name and type; a domain usually has a
  # TXT record already, and _amazonses may belong to another Region. Add purpose dmarc if there is a DMARC record.
  for_each = { for record in module.sesame.dns_records : record.key => record if !contains(["spf", "verification"], record.purpose) }

  zone_id = var.zone_ids[each.value.domain]
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = [each.value.value]
}
