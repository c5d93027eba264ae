# SES, and the DNS records that its domains need.

locals {
  mail_from_subdomains = {
    for domain, settings in var.domains : domain =>
    settings.mail_from_subdomain != null ? settings.mail_from_subdomain : settings.create_identity ? "bounce" : ""
  }
  domains = {
    for domain, settings in var.domains : domain => {
      create_identity  = settings.create_identity
      mail_from_domain = local.mail_from_subdomains[domain] == "" ? "" : "${local.mail_from_subdomains[domain]}.${domain}"
    }
  }
}

module "ses" {
  source = "./modules/ses"

  configuration_set_name = local.configuration_set_name
  domains                = local.domains
  tls_required           = var.tls_required
  publish_to_event_bus   = var.event_log
  publish_metrics        = var.sending_metrics
  partition              = local.partition
  region                 = local.region
  account_id             = local.account_id
  tags                   = var.tags

  topic_arns = {
    sends      = module.notifications.topic_arns["sends"]
    deliveries = module.notifications.topic_arns["deliveries"]
    bounces    = module.notifications.topic_arns["bounces"]
    complaints = module.notifications.topic_arns["complaints"]
    rejects    = module.notifications.topic_arns["rejects"]
  }
}

module "dns_records" {
  source = "./modules/dns-records"

  region = local.region
  domains = {
    for domain, settings in var.domains : domain => {
      created                  = settings.create_identity
      verification_token       = module.ses.identities[domain].verification_token
      dkim_tokens              = module.ses.identities[domain].dkim_tokens
      dkim_signing_hosted_zone = settings.dkim_signing_hosted_zone == "" ? module.ses.identities[domain].signing_hosted_zone : settings.dkim_signing_hosted_zone
      mail_from_domain         = local.domains[domain].mail_from_domain
      dmarc_policy             = settings.dmarc_policy
      dmarc_report_address     = settings.dmarc_report_address == "" ? "dmarc@${domain}" : settings.dmarc_report_address
      tls_report_address       = settings.tls_report_address == "" ? "tls-reports@${domain}" : settings.tls_report_address
      mta_sts = {
        mode            = settings.mta_sts.mode
        mx              = length(settings.mta_sts.mx) > 0 ? settings.mta_sts.mx : ["inbound-smtp.${local.region}.amazonaws.com"]
        max_age_seconds = settings.mta_sts.max_age_seconds
      }
    }
  }
}

module "mta_sts" {
  source   = "./modules/mta-sts"
  for_each = { for domain, settings in var.domains : domain => settings.mta_sts if settings.mta_sts.host }

  domain            = each.key
  policy_text       = module.dns_records.mta_sts[each.key].policy_text
  certificate_ready = each.value.certificate_ready
  bucket_prefix     = var.name_prefix
  partition         = local.partition
  region            = local.region
  account_id        = local.account_id
  tags              = var.tags
}

module "notifications" {
  source = "./modules/notifications"

  name_prefix            = var.name_prefix
  configuration_set_name = local.configuration_set_name
  kms_key_arn            = var.topics_kms_key_arn
  alert_emails           = var.alert_emails
  partition              = local.partition
  region                 = local.region
  account_id             = local.account_id
  tags                   = var.tags
}
