# The exact records and endpoints that a user gets.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  domains = {
    "example.com" = {}
    "example.org" = {
      mail_from_subdomain  = ""
      dmarc_policy         = "reject"
      dmarc_report_address = "reports@example.com"
      tls_report_address   = "tls@example.com"
      mta_sts              = { mode = "enforce", mx = ["mx1.example.org", "*.example.net"], max_age_seconds = 86400 }
    }
  }
}

run "dns_records_of_two_domains" {
  command = plan

  assert {
    condition = [for record in output.dns_records : "${record.name} ${record.ttl} ${record.type} ${record.value}"] == [
      "_amazonses.example.com 1800 TXT token",
      "_amazonses.example.org 1800 TXT token",
      "one._domainkey.example.com 1800 CNAME one.dkim.amazonses.com",
      "two._domainkey.example.com 1800 CNAME two.dkim.amazonses.com",
      "three._domainkey.example.com 1800 CNAME three.dkim.amazonses.com",
      "one._domainkey.example.org 1800 CNAME one.dkim.amazonses.com",
      "two._domainkey.example.org 1800 CNAME two.dkim.amazonses.com",
      "three._domainkey.example.org 1800 CNAME three.dkim.amazonses.com",
      "bounce.example.com 1800 MX 10 feedback-smtp.eu-west-1.amazonses.com",
      "bounce.example.com 1800 TXT v=spf1 include:amazonses.com ~all",
      "_dmarc.example.com 1800 TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com; sp=quarantine; adkim=r; aspf=r;",
      "_dmarc.example.org 1800 TXT v=DMARC1; p=reject; rua=mailto:reports@example.com; ruf=mailto:reports@example.com; sp=reject; adkim=r; aspf=r;",
      "example.org._report._dmarc.example.com 1800 TXT v=DMARC1;",
      "_smtp._tls.example.com 1800 TXT v=TLSRPTv1; rua=mailto:tls-reports@example.com;",
      "_smtp._tls.example.org 1800 TXT v=TLSRPTv1; rua=mailto:tls@example.com;",
      "example.com 1800 TXT v=spf1 include:amazonses.com ~all",
      "example.org 1800 TXT v=spf1 include:amazonses.com ~all",
    ]
    error_message = "The list holds exactly these records."
  }
  assert {
    condition     = length(distinct(output.dns_records[*].key)) == 17 && alltrue([for record in output.dns_records : startswith(record.key, "${record.domain}/")])
    error_message = "Each record has a key of its own."
  }
  assert {
    condition     = length(output.domain_verification_records) == 2 && length(output.dkim_records) == 6 && length(output.mail_from_records) == 2
    error_message = "One verification and three DKIM records for each domain; MAIL FROM records where it is set."
  }
  assert {
    condition     = length(output.recommended_spf_records) == 2 && length(output.recommended_dmarc_records) == 2 && length(output.recommended_tls_rpt_records) == 2
    error_message = "Each domain gets SPF, DMARC and TLS-RPT."
  }
  assert {
    condition     = output.recommended_mta_sts["example.org"].policy_text == "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.org\r\nmx: *.example.net\r\nmax_age: 86400\r\n"
    error_message = "The policy's text follows RFC 8461."
  }
  assert {
    condition     = output.recommended_mta_sts["example.com"].policy_text == "version: STSv1\r\nmode: testing\r\nmx: inbound-smtp.eu-west-1.amazonaws.com\r\nmax_age: 604800\r\n"
    error_message = "Without MX hosts the policy names SES's own."
  }
  assert {
    condition     = output.recommended_mta_sts["example.org"].host == "mta-sts.example.org" && output.recommended_mta_sts["example.org"].policy_url == "https://mta-sts.example.org/.well-known/mta-sts.txt"
    error_message = "Host and URL follow RFC 8461."
  }
  assert {
    condition     = can(regex("^v=STSv1; id=[0-9a-f]{20};$", output.recommended_mta_sts["example.org"].record.value)) && output.recommended_mta_sts["example.org"].record.name == "_mta-sts.example.org"
    error_message = "The id is letters and digits, at most 32."
  }
  assert {
    condition     = output.recommended_mta_sts["example.org"].record.value != output.recommended_mta_sts["example.com"].record.value
    error_message = "Another policy has another id."
  }
  assert {
    condition     = output.mta_sts_hosting_records == []
    error_message = "Nothing is hosted unless asked for."
  }
}

run "endpoints_and_names" {
  command = plan

  assert {
    condition     = output.smtp_endpoint == "email-smtp.eu-west-1.amazonaws.com"
    error_message = "The endpoint is the Region's."
  }
  assert {
    condition     = { for endpoint in output.smtp_endpoints : endpoint.port => endpoint.security } == { 25 = "STARTTLS", 587 = "STARTTLS", 2587 = "STARTTLS", 465 = "TLS", 2465 = "TLS" }
    error_message = "SES listens on five ports."
  }
  assert {
    condition     = output.dashboard_url == "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/smtp-credentials"
    error_message = "The dashboard's address."
  }
  assert {
    condition     = output.function_names == { for name in ["smtp-credential-manager", "smtp-credential-rotator", "smtp-credential-sweeper", "smtp-credential-verifier", "smtp-dlq-processor", "smtp-email-validator", "smtp-feedback-processor"] : name => name }
    error_message = "Without a prefix the functions have the names that the documents use."
  }
  assert {
    condition     = output.configuration_set_name == "smtp" && output.event_log_name == "/aws/events/smtp-mails" && output.history_log_name == "/aws/events/smtp-credentials" && output.audit_bucket_name == "" && length(output.admin_role_arns) == 0
    error_message = "What is off has an empty output."
  }
  assert {
    condition     = length(output.alarm_names) > 20 && alltrue([for name in output.alarm_names : startswith(name, "smtp-")])
    error_message = "The alarms' names begin alike."
  }
}

run "a_prefix_stands_before_every_name" {
  command = plan
  variables {
    name_prefix = "team-"
  }
  assert {
    condition = alltrue([
      for name in concat(values(output.function_names), output.alarm_names, [output.configuration_set_name, aws_iam_policy.user_boundary.name]) : startswith(name, "team-")
    ])
    error_message = "A second deployment must not meet the first one's names."
  }
  assert {
    condition     = output.event_log_name == "/aws/events/team-smtp-mails" && output.history_log_name == "/aws/events/team-smtp-credentials" && alltrue([for name in values(output.log_group_names) : startswith(name, "/aws/lambda/team-smtp-")])
    error_message = "Log groups stand below AWS's own prefixes."
  }
}

run "what_is_off_leaves_no_trace" {
  command = plan
  variables {
    alarms      = false
    dashboard   = false
    event_log   = false
    history_log = false
    tracing     = false
  }
  assert {
    condition     = length(output.alarm_names) == 0 && output.dashboard_url == "" && output.event_log_name == "" && output.history_log_name == ""
    error_message = "No alarm, no dashboard, no event log."
  }
}

run "a_created_table_is_not_looked_up" {
  command = plan
  variables {
    create_table = true
  }
  assert {
    condition     = length(module.table_stream) > 0
    error_message = "The plan stands without a table."
  }
}

run "an_mta_sts_policy_is_hosted_in_two_steps" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { host = true, mx = ["mx.example.com"] } } }
  }
  assert {
    condition     = length(output.mta_sts_hosting_records) == 1 && output.mta_sts_hosting_records[0].purpose == "mta-sts-certificate"
    error_message = "First only the certificate's record."
  }
  assert {
    condition     = !contains(output.dns_records[*].purpose, "mta-sts")
    error_message = "A policy that can't be read yet isn't announced."
  }
}

run "a_ready_mta_sts_policy_is_announced" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { host = true, certificate_ready = true, mx = ["mx.example.com"] } } }
  }
  assert {
    condition     = toset(output.mta_sts_hosting_records[*].purpose) == toset(["mta-sts-certificate", "mta-sts-host"]) && contains(output.dns_records[*].purpose, "mta-sts")
    error_message = "Then host and announcement."
  }
}
