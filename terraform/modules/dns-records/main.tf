# The DNS records of sending domains, worked out from their names and what SES gave out. Makes nothing.

locals {
  # These Regions sign with DKIM keys under a domain of their own.
  # https://docs.aws.amazon.com/general/latest/gr/ses.html
  regions_with_own_dkim_domain = [
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1", "eu-central-2",
    "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
  ]
  dkim_domain = contains(local.regions_with_own_dkim_domain, var.region) ? "dkim.${var.region}.amazonses.com" : "dkim.amazonses.com"
  spf         = "v=spf1 include:amazonses.com ~all"

  verification = [
    for domain, settings in var.domains : {
      key     = "${domain}/verification"
      domain  = domain
      name    = "_amazonses.${domain}"
      type    = "TXT"
      value   = settings.verification_token
      ttl     = var.ttl
      purpose = "verification"
    } if settings.has_verification_token
  ]
  dkim = flatten([
    for domain, settings in var.domains : [
      # SES always gives out three. Their number is said here because the tokens are unknown before the first apply.
      for index in range(3) : {
        key     = "${domain}/dkim/${index}"
        domain  = domain
        name    = "${settings.dkim_tokens[index]}._domainkey.${domain}"
        type    = "CNAME"
        value   = "${settings.dkim_tokens[index]}.${local.dkim_domain}"
        ttl     = var.ttl
        purpose = "dkim"
      }
    ] if settings.has_dkim_tokens
  ])
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
        # Whoever keeps a policy looks for a new one when the id changes, so the id comes from the text.
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
