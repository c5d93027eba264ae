# Computes the DNS records of sending domains from their names and SES's tokens. Creates no resources.

locals {
  # The zones that hold SES's DKIM keys. For a Region in neither list, no zone is guessed.
  # https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains
  regions_with_own_dkim_zone = [
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1", "eu-central-2",
    "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
  ]
  regions_with_common_dkim_zone = [
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
    "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "me-south-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-west-1",
    "us-west-1", "us-west-2",
  ]
  usual_dkim_zone = (
    contains(local.regions_with_own_dkim_zone, var.region) ? "dkim.${var.region}.amazonses.com" :
    contains(local.regions_with_common_dkim_zone, var.region) ? "dkim.amazonses.com" : ""
  )
  dkim_zones = {
    for domain, settings in var.domains : domain => settings.dkim_signing_hosted_zone == "" ? local.usual_dkim_zone : settings.dkim_signing_hosted_zone
  }

  spf = "v=spf1 include:amazonses.com ~all"

  # Identities that are created here and existing ones differ: SES always gives a new identity the same number of tokens, so a plan
  # knows the number of records. The tokens of an existing identity are known only after it is read.
  created  = { for domain, settings in var.domains : domain => settings if settings.created }
  external = { for domain, settings in var.domains : domain => settings if !settings.created }

  verification_records = {
    for domain, settings in var.domains : domain => {
      key     = "${domain}/verification"
      domain  = domain
      name    = "_amazonses.${domain}"
      type    = "TXT"
      value   = settings.verification_token
      ttl     = var.ttl
      purpose = "verification"
    }
  }
  created_verification = [for domain in keys(local.created) : local.verification_records[domain]]
  verification = concat(
    local.created_verification,
    [for domain, settings in local.external : local.verification_records[domain] if settings.verification_token != ""],
  )

  created_dkim = flatten([
    for domain, settings in local.created : [
      for index in range(3) : {
        key     = "${domain}/dkim/${index}"
        domain  = domain
        name    = "${settings.dkim_tokens[index]}._domainkey.${domain}"
        type    = "CNAME"
        value   = "${settings.dkim_tokens[index]}.${local.dkim_zones[domain]}"
        ttl     = var.ttl
        purpose = "dkim"
      }
    ]
  ])
  dkim = concat(local.created_dkim, flatten([
    for domain, settings in local.external : [
      for index, token in settings.dkim_tokens : {
        key     = "${domain}/dkim/${index}"
        domain  = domain
        name    = "${token}._domainkey.${domain}"
        type    = "CNAME"
        value   = "${token}.${local.dkim_zones[domain]}"
        ttl     = var.ttl
        purpose = "dkim"
      }
      # An identity with its owner's DKIM key has one token, and its record is the owner's business.
    ] if length(settings.dkim_tokens) == 3
  ]))
  mail_from = flatten([
    for domain, settings in var.domains : [
      {
        key     = "${domain}/mail-from/mx"
        domain  = domain
        name    = settings.mail_from_domain
        type    = "MX"
        value   = "10 feedback-smtp.${var.region}.amazonses.com"
        ttl     = var.ttl
        purpose = "mail-from"
      },
      {
        key     = "${domain}/mail-from/spf"
        domain  = domain
        name    = settings.mail_from_domain
        type    = "TXT"
        value   = local.spf
        ttl     = var.ttl
        purpose = "mail-from"
      },
    ] if settings.mail_from_domain != ""
  ])
  spf_records = [
    for domain, settings in var.domains : {
      key     = "${domain}/spf"
      domain  = domain
      name    = domain
      type    = "TXT"
      value   = local.spf
      ttl     = var.ttl
      purpose = "spf"
    }
  ]
  # As in RFC 9989, which dropped the tags pct, rf and ri.
  dmarc = [
    for domain, settings in var.domains : {
      key     = "${domain}/dmarc"
      domain  = domain
      name    = "_dmarc.${domain}"
      type    = "TXT"
      value   = "v=DMARC1; p=${settings.dmarc_policy}; rua=mailto:${settings.dmarc_report_address}; ruf=mailto:${settings.dmarc_report_address}; sp=${settings.dmarc_policy}; adkim=r; aspf=r;"
      ttl     = var.ttl
      purpose = "dmarc"
    }
  ]
  # A domain gets another domain's DMARC reports only if a record in its own DNS permits that:
  # https://www.rfc-editor.org/rfc/rfc9990 ("Verifying External Destinations"). Parent domains and subdomains don't count as others.
  dmarc_report_domains = {
    for domain, settings in var.domains : domain => lower(split("@", settings.dmarc_report_address)[1])
  }
  foreign_dmarc_report_domains = {
    for domain, report_domain in local.dmarc_report_domains : domain => report_domain
    if report_domain != domain && !endswith(report_domain, ".${domain}") && !endswith(domain, ".${report_domain}")
  }
  # The domain whose DNS gets the record: the nearest of our domains, otherwise the report domain itself.
  dmarc_report_zones = {
    for domain, report_domain in local.foreign_dmarc_report_domains : domain => reverse(concat([report_domain], [
      for length, name in { for name in keys(var.domains) : format("%03d", length(name)) => name if report_domain == name || endswith(report_domain, ".${name}") } : name
    ]))[0]
  }
  dmarc_report = [
    for domain, report_domain in local.foreign_dmarc_report_domains : {
      key     = "${local.dmarc_report_zones[domain]}/dmarc-report/${domain}"
      domain  = local.dmarc_report_zones[domain]
      name    = "${domain}._report._dmarc.${report_domain}"
      type    = "TXT"
      value   = "v=DMARC1;"
      ttl     = var.ttl
      purpose = "dmarc-report"
    }
  ]
  tls_rpt = [
    for domain, settings in var.domains : {
      key     = "${domain}/tls-rpt"
      domain  = domain
      name    = "_smtp._tls.${domain}"
      type    = "TXT"
      value   = "v=TLSRPTv1; rua=mailto:${settings.tls_report_address};"
      ttl     = var.ttl
      purpose = "tls-rpt"
    }
  ]
  mta_sts = {
    for domain, settings in var.domains : domain => {
      host        = "mta-sts.${domain}"
      policy_url  = "https://mta-sts.${domain}/.well-known/mta-sts.txt"
      policy_text = local.mta_sts_policies[domain]
      record = {
        key    = "${domain}/mta-sts"
        domain = domain
        name   = "_mta-sts.${domain}"
        type   = "TXT"
        # Senders fetch a cached policy again when the id changes, so the id is derived from the text.
        value   = "v=STSv1; id=${substr(sha256(local.mta_sts_policies[domain]), 0, 20)};"
        ttl     = var.ttl
        purpose = "mta-sts"
      }
    }
  }
  # RFC 8461: lines end in CR LF.
  mta_sts_policies = {
    for domain, settings in var.domains : domain => join("\r\n", concat(
      ["version: STSv1", "mode: ${settings.mta_sts.mode}"],
      [for host in settings.mta_sts.mx : "mx: ${host}"],
      ["max_age: ${settings.mta_sts.max_age_seconds}", ""],
    ))
  }
}
