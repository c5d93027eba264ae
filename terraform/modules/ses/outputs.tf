output "configuration_set_name" {
  description = "Name of the configuration set."
  value       = aws_sesv2_configuration_set.this.configuration_set_name
}

output "identities" {
  description = "For each domain: its verification token (empty if SES issued none), its DKIM tokens, and the zone of its DKIM keys (empty if the provider does not return it)."
  value = {
    for domain, settings in var.domains : domain => {
      verification_token  = settings.create_identity ? aws_ses_domain_identity.this[domain].verification_token : data.aws_ses_domain_identity.this[domain].verification_token
      dkim_tokens         = settings.create_identity ? aws_sesv2_email_identity.this[domain].dkim_signing_attributes[0].tokens : data.aws_sesv2_email_identity.this[domain].dkim_signing_attributes[0].tokens
      signing_hosted_zone = local.signing_hosted_zones[domain]
    }
  }
}
