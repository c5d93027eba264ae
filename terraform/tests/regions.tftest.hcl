# Features that a Region or partition lacks are refused by the plan, with an explanation, rather than by SES at run time.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  domains     = { "example.com" = {} }
}

run "refuses_a_region_without_an_smtp_endpoint" {
  command = plan
  override_data {
    target = data.aws_region.current
    values = { region = "eu-south-1" }
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-south-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  }
  expect_failures = [var.smtp_host]
}

run "takes_a_region_whose_endpoint_is_said" {
  command = plan
  override_data {
    target = data.aws_region.current
    values = { region = "eu-south-1" }
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-south-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    smtp_host   = "email-smtp.eu-south-1.amazonaws.com"
  }
  assert {
    condition     = output.smtp_endpoint == "email-smtp.eu-south-1.amazonaws.com" && alltrue([for endpoint in output.smtp_endpoints : endpoint.host == "email-smtp.eu-south-1.amazonaws.com"])
    error_message = "Clients get the endpoint that was said."
  }
}

run "refuses_an_smtp_endpoint_of_another_region" {
  command = plan
  variables {
    smtp_host = "email-smtp.us-east-1.amazonaws.com"
  }
  expect_failures = [var.smtp_host]
}

run "refuses_a_host_that_is_not_of_ses" {
  command = plan
  variables {
    smtp_host = "email-smtp.eu-west-1.amazonaws.com.example.com"
  }
  expect_failures = [var.smtp_host]
}

run "refuses_china" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn" }
  }
  expect_failures = [data.aws_partition.current]
}

run "refuses_the_european_sovereign_cloud" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-eusc" }
  }
  expect_failures = [data.aws_partition.current]
}

run "govcloud_with_its_own_console_and_a_fips_endpoint" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov" }
  }
  override_data {
    target = data.aws_region.current
    values = { region = "us-gov-west-1" }
  }
  variables {
    kms_key_arn = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    smtp_host   = "email-smtp-fips.us-gov-west-1.amazonaws.com"
  }
  assert {
    condition     = output.dashboard_url == "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/smtp-credentials"
    error_message = "GovCloud has a console of its own."
  }
  assert {
    condition     = output.smtp_endpoint == "email-smtp-fips.us-gov-west-1.amazonaws.com"
    error_message = "The FIPS endpoint can be used."
  }
  assert {
    condition     = output.dkim_records[0].value == "one.dkim.amazonses.com"
    error_message = "Only us-gov-east-1 has a DKIM zone of its own."
  }
}

run "refuses_to_host_an_mta_sts_policy_in_govcloud" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov" }
  }
  override_data {
    target = data.aws_region.current
    values = { region = "us-gov-west-1" }
  }
  variables {
    kms_key_arn = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    domains     = { "example.com" = { mta_sts = { host = true, mx = ["mx.example.com"] } } }
  }
  expect_failures = [var.domains]
}

run "refuses_the_passwords_key_of_another_region" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  }
  expect_failures = [var.kms_key_arn]
}

run "refuses_the_other_keys_of_another_region" {
  command = plan
  variables {
    table_kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    topics_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-00000000111122223333444444444444"
    log_kms_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  }
  expect_failures = [var.table_kms_key_arn, var.topics_kms_key_arn, var.log_kms_key_arn]
}

run "takes_keys_of_its_own_region" {
  command = plan
  variables {
    table_kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    topics_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-00000000111122223333444444444444"
    log_kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  }
  assert {
    condition     = output.smtp_endpoint == "email-smtp.eu-west-1.amazonaws.com"
    error_message = "The plan stands."
  }
}
