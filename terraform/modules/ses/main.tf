# The configuration set, which is the domains' default, and the domains' identities.

locals {
  created  = { for domain, settings in var.domains : domain => settings if settings.create_identity }
  external = { for domain, settings in var.domains : domain => settings if !settings.create_identity }

  # SES returns the zone of an identity's DKIM keys, but the provider doesn't expose it yet
  # (https://github.com/hashicorp/terraform-provider-aws/issues/48568). A version that does will work without a change here.
  signing_hosted_zones = {
    for domain, settings in var.domains : domain => try(
      coalesce([for signing in settings.create_identity ? aws_sesv2_email_identity.this[domain].dkim_signing_attributes : data.aws_sesv2_email_identity.this[domain].dkim_signing_attributes : signing.signing_hosted_zone][0]),
      "",
    )
  }
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.configuration_set_name
  tags                   = var.tags

  delivery_options {
    tls_policy = var.tls_required ? "REQUIRE" : "OPTIONAL"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

resource "aws_sesv2_email_identity" "this" {
  for_each = local.created

  email_identity = each.key
  # SMTP clients name no configuration set, so SES publishes events of their mails only because of the identity's default.
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  tags                   = var.tags

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# The same identity through SES's older API, the only one that returns the token of the TXT record.
resource "aws_ses_domain_identity" "this" {
  for_each = local.created

  domain = aws_sesv2_email_identity.this[each.key].email_identity
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  for_each = { for domain, settings in var.domains : domain => settings if settings.mail_from_domain != "" }

  # Compared by name: a foreign identity that is read late must not look like a different one.
  email_identity   = each.value.create_identity ? aws_sesv2_email_identity.this[each.key].email_identity : each.key
  mail_from_domain = each.value.mail_from_domain
  # Until its MX record exists, mail is sent under amazonses.com rather than not at all.
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

data "aws_sesv2_email_identity" "this" {
  for_each = local.external

  email_identity = each.key
}

data "aws_ses_domain_identity" "this" {
  for_each = local.external

  domain = each.key
}

locals {
  other_default_sets = {
    for domain, identity in data.aws_sesv2_email_identity.this : domain => identity.configuration_set_name == null ? "" : identity.configuration_set_name
  }
  look_first  = "Making ${var.configuration_set_name} the default set changes the mail of everybody who sends from there: senders whose policies name identities only are refused (554, AccessDenied) until they allow arn:${var.partition}:ses:${var.region}:${var.account_id}:configuration-set/${var.configuration_set_name} as well; ${var.tls_required ? "mail is given up where the receiver has no TLS (tls_required); " : ""}their events come here, too. See first who else sends, and how to go back: docs/deploy.md, \"The identity exists already\"."
  set_default = "aws sesv2 put-email-identity-configuration-set-attributes --email-identity DOMAIN --configuration-set-name ${var.configuration_set_name}"
}

check "external_identities" {
  assert {
    condition     = alltrue([for set in values(local.other_default_sets) : set != ""])
    error_message = "No default configuration set: ${join(", ", [for domain, set in local.other_default_sets : domain if set == ""])}. SES tells nothing of the credentials' mail from there, so it is neither counted nor checked, and no quota or bounce limit holds. ${local.look_first} Then, for each: ${local.set_default}"
  }

  assert {
    condition     = alltrue([for set in values(local.other_default_sets) : set == "" || set == var.configuration_set_name])
    error_message = "Another default configuration set: ${join(", ", [for domain, set in local.other_default_sets : "${domain} has ${set}" if set != "" && set != var.configuration_set_name])}. SES refuses the credentials' mail from there (554), because their policies allow ${var.configuration_set_name} only. An identity has one default set, so two deployments can't share it; what the other set's destinations get ends when ours takes its place. ${local.look_first} Then, for each: ${local.set_default}"
  }
}
