output "verification" {
  description = "TXT records that prove the domains are yours."
  value       = local.verification
}

output "dkim" {
  description = "CNAME records of the DKIM keys, three for each domain."
  value       = local.dkim

  precondition {
    condition     = alltrue([for zone in values(local.dkim_zones) : zone != ""])
    error_message = <<-EOT
      This module doesn't know in which zone SES keeps the DKIM keys of ${var.region}, and a wrong one means that no domain is ever verified.
      Look it up in https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains, or ask SES about an identity that exists there:
      aws sesv2 get-email-identity --email-identity DOMAIN --query DkimAttributes.SigningHostedZone --output text
      Then set dkim_signing_hosted_zone of each domain.
    EOT
  }
}

output "created_identities" {
  description = "TXT and CNAME records of the identities that are created here. Their number is known before the identities exist."
  value       = concat(local.created_verification, local.created_dkim)
}

output "mail_from" {
  description = "MX and TXT (SPF) records of the custom MAIL FROM domains."
  value       = local.mail_from
}

output "spf" {
  description = "TXT records that allow SES to send for the domains."
  value       = local.spf_records
}

output "dmarc" {
  description = "TXT records that tell receivers how to handle mail that fails."
  value       = local.dmarc
}

output "dmarc_report" {
  description = "TXT records that permit a domain to send its DMARC reports to another domain. Each names the domain whose DNS it belongs to."
  value       = local.dmarc_report
}

output "tls_rpt" {
  description = "TXT records that request reports about TLS failures."
  value       = local.tls_rpt
}

output "mta_sts" {
  description = "For each domain: the policy's host, its URL and text, and the TXT record that announces it."
  value       = local.mta_sts
}
