output "verification" {
  description = "TXT records that prove the domains are yours."
  value       = local.verification
}

output "dkim" {
  description = "CNAME records of the DKIM keys, three for each domain."
  value       = local.dkim
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
  description = "TXT records that say what receivers do with mail that fails."
  value       = local.dmarc
}

output "tls_rpt" {
  description = "TXT records that ask for reports about TLS failures."
  value       = local.tls_rpt
}

output "mta_sts" {
  description = "For each domain: the policy's host, its URL and text, and the TXT record that announces it."
  value       = local.mta_sts
}
