# What sends: a configuration set, which is the domains' default, and the domains' identities.

locals {
  created  = { for domain, settings in var.domains : domain => settings if settings.create_identity }
  external = { for domain, settings in var.domains : domain => settings if !settings.create_identity }
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
  # SMTP clients name no configuration set; the identity's default is what makes SES tell of their mails.
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  tags                   = var.tags

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# The same identity by SES's older interface, the only one that gives out the token of the TXT record.
resource "aws_ses_domain_identity" "this" {
  for_each = local.created

  domain = aws_sesv2_email_identity.this[each.key].email_identity
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  for_each = { for domain, settings in var.domains : domain => settings if settings.mail_from_domain != "" }

  email_identity   = each.value.create_identity ? aws_sesv2_email_identity.this[each.key].email_identity : data.aws_sesv2_email_identity.this[each.key].email_identity
  mail_from_domain = each.value.mail_from_domain
  # Until its MX record stands, mail goes out under amazonses.com rather than not at all.
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

check "external_identities" {
  assert {
    condition = alltrue([
      for identity in values(data.aws_sesv2_email_identity.this) : identity.configuration_set_name == var.configuration_set_name
    ])
    error_message = "Some domain's default configuration set isn't ${var.configuration_set_name}, so SES won't tell of its mails. For each: aws sesv2 put-email-identity-configuration-set-attributes --email-identity DOMAIN --configuration-set-name ${var.configuration_set_name}"
  }
}
