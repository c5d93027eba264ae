# Everything enabled, with its own table, keys and DNS. SES receives the domain's mail here, so the MTA-STS policy names its host:
# replace mx by the hosts of your own MX records, and start with mode testing.

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { application = "sesame" }
  }
}

variable "zone_ids" {
  description = "Ids of the hosted zones, by domain. A domain without a zone of its own is looked for in the zone above it."
  type        = map(string)
  nullable    = false
}

variable "admin_principals" {
  description = "ARNs of the accounts, roles or users that may view, operate, and read passwords."
  type = object({
    viewer        = optional(list(string), [])
    operator      = optional(list(string), [])
    secret_reader = optional(list(string), [])
  })
  nullable = false
}

variable "alert_emails" {
  description = "Addresses that get the alarms."
  type        = list(string)
  nullable    = false
}

module "sesame" {
  source = "../.."

  table_name   = "smtp-credentials"
  create_table = true
  kms_key_arn  = aws_kms_key.passwords.arn
  name_prefix  = "prod-"
  tags         = { environment = "production" }

  domains = {
    "example.com" = {
      dmarc_policy = "reject"
      mta_sts = {
        host              = true
        certificate_ready = true
        mode              = "enforce"
        mx                = ["inbound-smtp.eu-west-1.amazonaws.com"]
      }
    }
    "news.example.com" = {
      mail_from_subdomain = "mailer"
    }
  }

  alert_emails         = var.alert_emails
  topics_kms_key_arn   = aws_kms_key.services.arn
  log_kms_key_arn      = aws_kms_key.services.arn
  log_retention_days   = 365
  sending_metrics      = true
  audit                = true
  admin_api            = true
  admin_principals     = var.admin_principals
  runbooks_url         = "https://git.example.com/sesame/docs/runbooks"
  reserved_concurrency = { smtp-credential-sweeper = 1 }
  alarm_thresholds     = { daily_sending_quota = 200000 }
}

locals {
  # The hosted zone of a domain: the longest one that contains it.
  zone_of = {
    for domain in distinct(module.sesame.dns_records[*].domain) : domain => reverse(values({
      for zone in keys(var.zone_ids) : format("%03d", length(zone)) => zone if domain == zone || endswith(domain, ".${zone}")
    }))[0]
  }
}

resource "aws_route53_record" "mail" {
  # Without records that SES doesn't need or that may collide. Route 53 has one record set per name and type; a domain usually has a
  # TXT record already, and _amazonses may belong to another Region. Add purpose dmarc if there is a DMARC record.
  for_each = { for record in module.sesame.dns_records : record.key => record if !contains(["spf", "verification"], record.purpose) }

  zone_id = var.zone_ids[local.zone_of[each.value.domain]]
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = [each.value.value]
}

output "admin_role_arns" {
  description = "Roles for people."
  value       = module.sesame.admin_role_arns
}

output "dashboard_url" {
  description = "Where to look first."
  value       = module.sesame.dashboard_url
}

output "smtp_endpoints" {
  description = "For mail clients."
  value       = module.sesame.smtp_endpoints
}
