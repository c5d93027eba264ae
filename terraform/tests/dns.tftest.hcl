# The DNS records of single domains: zones of DKIM keys, reports to other domains, existing identities.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
}

run "dkim_records_end_with_the_zone_that_is_said" {
  command = plan
  variables {
    domains = {
      "example.com" = { dkim_signing_hosted_zone = "dkim.cell2.eu-west-1.amazonses.com" }
      "example.org" = {}
    }
  }
  assert {
    condition     = output.dkim_records[*].value == concat([for token in ["one", "two", "three"] : "${token}.dkim.cell2.eu-west-1.amazonses.com"], [for token in ["one", "two", "three"] : "${token}.dkim.amazonses.com"])
    error_message = "Each domain has its own zone."
  }
}

run "refuses_a_dkim_zone_with_a_dot_at_its_end" {
  command = plan
  variables {
    domains = { "example.com" = { dkim_signing_hosted_zone = "dkim.amazonses.com." } }
  }
  expect_failures = [var.domains]
}

run "guesses_no_dkim_zone_of_an_unknown_region" {
  command = plan
  module {
    source = "./modules/dns-records"
  }
  variables {
    region = "xx-new-1"
    domains = { "example.com" = {
      created                  = true
      verification_token       = "token"
      dkim_tokens              = ["a", "b", "c"]
      dkim_signing_hosted_zone = ""
      mail_from_domain         = ""
      dmarc_policy             = "none"
      dmarc_report_address     = "d@example.com"
      tls_report_address       = "t@example.com"
      mta_sts                  = { mode = "none", mx = [], max_age_seconds = 86400 }
    } }
  }
  expect_failures = [output.dkim]
}

run "takes_an_unknown_region_whose_dkim_zone_is_said" {
  command = plan
  module {
    source = "./modules/dns-records"
  }
  variables {
    region = "xx-new-1"
    domains = { "example.com" = {
      created                  = true
      verification_token       = "token"
      dkim_tokens              = ["a", "b", "c"]
      dkim_signing_hosted_zone = "dkim.xx-new-1.amazonses.com"
      mail_from_domain         = ""
      dmarc_policy             = "none"
      dmarc_report_address     = "d@example.com"
      tls_report_address       = "t@example.com"
      mta_sts                  = { mode = "none", mx = [], max_age_seconds = 86400 }
    } }
  }
  assert {
    condition     = output.dkim[*].value == ["a.dkim.xx-new-1.amazonses.com", "b.dkim.xx-new-1.amazonses.com", "c.dkim.xx-new-1.amazonses.com"]
    error_message = "What is said counts."
  }
}

run "reports_to_another_of_the_domains_are_authorised" {
  command = plan
  variables {
    domains = {
      "example.com"      = {}
      "news.example.com" = { dmarc_report_address = "dmarc@example.com" }
      "example.org"      = { dmarc_report_address = "reports@Example.com" }
      "example.net"      = { dmarc_report_address = "reports@in.news.example.com" }
    }
  }
  assert {
    condition = [for record in output.dns_records : "${record.key} ${record.name} ${record.type} ${record.value}" if record.purpose == "dmarc-report"] == [
      "news.example.com/dmarc-report/example.net example.net._report._dmarc.in.news.example.com TXT v=DMARC1;",
      "example.com/dmarc-report/example.org example.org._report._dmarc.example.com TXT v=DMARC1;",
    ]
    error_message = "A record in the DNS of the domain that gets the reports; none above or below the domain itself."
  }
  assert {
    condition     = output.dmarc_report_records == [for record in output.dns_records : record if record.purpose == "dmarc-report"]
    error_message = "They are an output of their own as well."
  }
}

run "reports_to_a_foreign_domain_are_told_of" {
  command = plan
  variables {
    domains = { "example.com" = { dmarc_report_address = "in@reports.example.net" } }
  }
  assert {
    condition     = [for record in output.dmarc_report_records : "${record.domain}: ${record.name}"] == ["reports.example.net: example.com._report._dmarc.reports.example.net"]
    error_message = "Whoever has that domain's DNS must add it."
  }
  assert {
    condition     = !contains(output.dns_records[*].purpose, "dmarc-report")
    error_message = "It doesn't belong into the DNS of the domains."
  }
}

run "dmarc_has_no_tag_that_is_gone" {
  command = plan
  variables {
    domains = { "example.com" = {}, "example.org" = { dmarc_policy = "none" } }
  }
  assert {
    condition     = alltrue([for record in output.recommended_dmarc_records : !can(regex("\\b(pct|rf|ri)=", record.value)) && startswith(record.value, "v=DMARC1; p=")])
    error_message = "RFC 9989 dropped pct, rf and ri."
  }
}

run "the_optional_record_comes_last" {
  command = plan
  variables {
    domains = { "example.com" = {}, "example.org" = {} }
  }
  assert {
    condition     = slice(output.dns_records[*].purpose, length(output.dns_records) - 2, length(output.dns_records)) == ["spf", "spf"] && length([for record in output.dns_records : record if record.purpose == "spf"]) == 2
    error_message = "SES needs no SPF record at a domain itself."
  }
}

run "an_identity_of_somebody_else_keeps_its_own_records" {
  command = plan
  variables {
    domains = { "example.com" = { create_identity = false, mail_from_subdomain = "bounce" }, "example.org" = {} }
  }
  assert {
    condition     = toset([for record in output.dns_records : record.purpose if record.domain == "example.com"]) == toset(["mail-from", "dmarc", "tls-rpt", "spf"])
    error_message = "Whoever made the identity has its DKIM records."
  }
  assert {
    condition     = length([for record in output.dkim_records : record if record.domain == "example.com"]) == 3
    error_message = "They can be read in an output of their own."
  }
}

run "refuses_to_enforce_a_guessed_mx" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { host = true, certificate_ready = true, mode = "enforce" } } }
  }
  expect_failures = [var.domains]
}

run "refuses_to_recommend_a_guessed_mx_to_enforce" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { mode = "enforce" } } }
  }
  expect_failures = [var.domains]
}

run "enforces_an_mx_that_is_said" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { host = true, mode = "enforce", mx = ["mx.example.com"] } } }
  }
  assert {
    condition     = output.recommended_mta_sts["example.com"].policy_text == "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 604800\r\n"
    error_message = "The policy names it."
  }
}

run "the_complete_example_takes_the_longest_zone" {
  command = plan
  module {
    source = "./examples/complete"
  }
  variables {
    zone_ids         = { "example.com" = "ZPARENT", "news.example.com" = "ZCHILD" }
    admin_principals = { operator = ["arn:aws:iam::123456789012:role/admins"] }
    alert_emails     = ["postmaster@example.com"]
  }
  assert {
    condition     = aws_route53_record.mail["news.example.com/dmarc"].zone_id == "ZCHILD" && aws_route53_record.mail["example.com/dmarc"].zone_id == "ZPARENT"
    error_message = "A domain with a hosted zone of its own gets its records there."
  }
  assert {
    condition     = toset([for record in values(aws_route53_record.mail) : record.name if record.type == "TXT" && contains(["example.com", "news.example.com", "_amazonses.example.com", "_amazonses.news.example.com"], record.name)]) == toset([])
    error_message = "Nothing at names that hold other records already."
  }
}

run "the_example_of_several_domains_authorises_its_reports" {
  command = plan
  module {
    source = "./examples/several-domains"
  }
  variables {
    zone_ids = { "example.com" = "ZCOM", "example.org" = "ZORG" }
  }
  assert {
    condition     = aws_route53_record.mail["example.com/dmarc-report/example.org"].zone_id == "ZCOM" && aws_route53_record.mail["example.com/dmarc-report/example.org"].name == "example.org._report._dmarc.example.com"
    error_message = "The domain that gets the reports says so in its own zone."
  }
}
