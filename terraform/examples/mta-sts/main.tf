# Hosts the MTA-STS policy of a domain that receives mail. With Route 53 it takes one apply. With other DNS providers, apply it first
# without certificate_ready, then with it, once the certificate's record exists.

provider "aws" {
  region = "eu-west-1"
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the SMTP passwords."
  type        = string
  nullable    = false
}

variable "zone_id" {
  description = "Id of the domain's hosted zone."
  type        = string
  nullable    = false
}

module "sesame" {
  source = "../.."

  table_name  = "mail"
  kms_key_arn = var.kms_key_arn

  domains = {
    "example.com" = {
      mta_sts = {
        host              = true
        certificate_ready = true
        # Start with testing: senders report failures by TLS-RPT and still deliver. Then enforce.
        mode = "testing"
        mx   = ["inbound-smtp.eu-west-1.amazonaws.com"]
      }
    }
  }
}

resource "aws_route53_record" "mail" {
  # Without records that SES doesn't need or that may collide. Route 53 has one record set per name and type; a domain usually has a
  # TXT record already, and _amazonses may belong to another Region. Add purpose dmarc if there is a DMARC record.
  for_each = { for record in module.sesame.dns_records : record.key => record if !contains(["spf", "verification"], record.purpose) }

  zone_id = var.zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = [each.value.value]
}
