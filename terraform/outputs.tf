# DNS records, each with name, type, value and ttl, the domain whose DNS it belongs to, its purpose, and a stable key for for_each.

output "domain_verification_records" {
  description = "TXT records that prove to SES that the domains are yours. The DKIM records prove it as well, so omit these if the name _amazonses is already used, for example by another Region."
  value       = module.dns_records.verification
}

output "dkim_records" {
  description = "CNAME records of the DKIM keys, three for each domain. They end with the zone that SES names for the Region; see dkim_signing_hosted_zone of domains."
  value       = module.dns_records.dkim
}

output "mail_from_records" {
  description = "MX and SPF records of the custom MAIL FROM domains."
  value       = module.dns_records.mail_from
}

output "recommended_spf_records" {
  description = "SPF records of the domains themselves. SES does not need them: receivers check the MAIL FROM domain, whose SPF record is in mail_from_records. If a domain already has an SPF record, do not add a second one: two are an error."
  value       = module.dns_records.spf
}

output "recommended_dmarc_records" {
  description = "DMARC records of the domains."
  value       = module.dns_records.dmarc
}

output "dmarc_report_records" {
  description = "TXT records that permit another domain's DMARC reports to be sent to a domain; without them none are sent. Records that belong to the DNS of one of domains are also in dns_records. Add all others to the DNS of the domain that the record names."
  value       = module.dns_records.dmarc_report
}

output "recommended_tls_rpt_records" {
  description = "TLS-RPT records of the domains."
  value       = module.dns_records.tls_rpt
}

output "recommended_mta_sts" {
  description = "For each domain: the TXT record that announces its MTA-STS policy, the policy's text, its host and its URL."
  value       = module.dns_records.mta_sts
}

output "mta_sts_hosting_records" {
  description = "DNS records of the MTA-STS policies that are hosted here: the certificate's, and the host's once certificate_ready is set."
  value       = concat([for site in values(module.mta_sts) : site.certificate_record], flatten([for site in values(module.mta_sts) : site.host_records]))
}

output "dns_records" {
  description = "All DNS records as one list, except those that verify and sign identities that are not created here. An MTA-STS policy is announced only if it is hosted here. A name may already hold other records, see docs/deploy.md: omit conflicting ones by purpose. The last ones, of purpose spf, are optional."
  value = concat(
    module.dns_records.created_identities,
    module.dns_records.mail_from,
    module.dns_records.dmarc,
    [for record in module.dns_records.dmarc_report : record if contains(keys(var.domains), record.domain)],
    module.dns_records.tls_rpt,
    [for domain, settings in var.domains : module.dns_records.mta_sts[domain].record if settings.mta_sts.host && settings.mta_sts.certificate_ready],
    [for site in values(module.mta_sts) : site.certificate_record],
    flatten([for site in values(module.mta_sts) : site.host_records]),
    module.dns_records.spf,
  )
}

# For mail clients.

output "smtp_endpoint" {
  description = "Host of the SMTP endpoint."
  value       = local.smtp_host
}

output "smtp_endpoints" {
  description = "The SMTP endpoint's ports, and what each expects. 587 suits most clients; networks often block 25."
  value = [
    for port, security in { "25" = "STARTTLS", "587" = "STARTTLS", "2587" = "STARTTLS", "465" = "TLS", "2465" = "TLS" } : {
      host                       = local.smtp_host
      port                       = tonumber(port)
      security                   = security
    }
  ]
}

# For administrators and other systems.

output "deployment" {
  description = "What programs need to work with this deployment, as JSON: terraform output -raw deployment > sesame.json. The SSM parameter deployment_parameter_name holds the same. It contains names and addresses, but no secret."
  value       = jsonencode(local.deployment)
}

output "deployment_parameter_name" {
  description = "Name of the SSM parameter that holds the same JSON as deployment."
  value       = aws_ssm_parameter.deployment.name
}

output "topic_arns" {
  description = "ARNs of the SNS topics: sends, deliveries, bounces, complaints, rejects, alerts."
  value       = module.notifications.topic_arns
}

output "topics_kms_key_policy_statement" {
  description = "Statement that the policy of the key in topics_kms_key_arn needs, as JSON, to copy. It must be in the key's policy before the topics are created, so write it into aws_kms_key itself, like the example complete."
  value       = module.notifications.kms_key_policy_statement
}

output "queue_urls" {
  description = "URLs of the queues: dead letters, parking, verifications, sending events, feedback."
  value = {
    dead_letters   = module.dead_letters.dead_letter_queue_url
    parking        = module.dead_letters.parking_queue_url
    verifications  = module.verifications.queue_url
    sending_events = module.sending_events.queue_url
    feedback       = module.feedback.queue_url
  }
}

output "function_names" {
  description = "Names of the Lambda functions, by their names without prefix."
  value       = { for service, function in module.functions : service => function.name }
}

output "function_role_arns" {
  description = "ARNs of the functions' roles, for the policy of a KMS key that does not delegate to IAM."
  value       = { for service, function in module.functions : service => function.role_arn }
}

output "log_group_names" {
  description = "Names of the functions' log groups."
  value       = { for service, function in module.functions : service => function.log_group_name }
}

output "configuration_set_name" {
  description = "Name of the SES configuration set."
  value       = module.ses.configuration_set_name
}

output "permissions_boundary_arn" {
  description = "ARN of the permissions boundary that every SMTP user has."
  value       = aws_iam_policy.user_boundary.arn
}

output "dashboard_url" {
  description = "URL of the dashboard; empty if there is none."
  value       = var.dashboard ? "https://${local.console_host}/cloudwatch/home?region=${local.region}#dashboards/dashboard/${module.observability.dashboard_name}" : ""
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = module.observability.alarm_names
}

output "event_log_name" {
  description = "Name of the log group of SES events; empty if there is none."
  value       = module.observability.event_log_name
}

output "history_log_name" {
  description = "Name of the log group of what happened to credentials; empty if there is none."
  value       = module.observability.history_log_name
}

output "admin_api_url" {
  description = "URL of the admin API; empty if there is none. Requests are signed for execute-api."
  value       = var.admin_api ? module.admin_api[0].url : ""
}

output "admin_api_policy_arns" {
  description = "ARNs of the IAM policies that allow routes of the admin API, to attach to roles of programs and people: viewer, operator, secret-reader. The roles of admin_principals have them."
  value       = var.admin_api ? module.admin_api[0].policy_arns : {}
}

output "admin_role_arns" {
  description = "ARNs of those of the roles viewer, operator and secret-reader that admin_principals names somebody for."
  value       = module.admin_roles.role_arns
}

output "audit_bucket_name" {
  description = "Name of the bucket of the audit trail; empty without one."
  value       = var.audit ? module.audit[0].bucket_name : ""
}
