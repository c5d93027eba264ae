# Sensitive values, and values that are known only after the apply: the plan still works.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  domains     = { "example.com" = {} }
}

run "depends_on_with_an_identity_that_is_made" {
  command = plan
  module {
    source = "./tests/fixtures/late-values"
  }
  variables {
    create_table = true
  }
  assert {
    condition     = toset(output.dns_keys) == toset(["example.com/verification", "example.com/dkim/0", "example.com/dkim/1", "example.com/dkim/2", "example.com/mail-from/mx", "example.com/mail-from/spf", "example.com/dmarc", "example.com/tls-rpt", "example.com/spf"])
    error_message = "Every record has its key before anything is read."
  }
  assert {
    condition     = toset(output.roles) == toset(["operator"])
    error_message = "Roles for a principal that is yet to be made."
  }
}

run "addresses_that_are_secret" {
  command = plan
  variables {
    alert_emails = sensitive(["postmaster@example.com", "ops@example.com"])
  }
  assert {
    condition     = length(output.alarm_names) > 20
    error_message = "The plan stands."
  }
}

run "each_secret_address_is_subscribed" {
  command = plan
  module {
    source = "./modules/notifications"
  }
  variables {
    configuration_set_name = "smtp"
    alert_emails           = sensitive(["postmaster@example.com", "ops@example.com"])
    partition              = "aws"
    region                 = "eu-west-1"
    account_id             = "123456789012"
  }
  assert {
    condition     = nonsensitive([for subscription in values(aws_sns_topic_subscription.alerts) : subscription.endpoint]) == ["postmaster@example.com", "ops@example.com"]
    error_message = "All of them."
  }
}

run "principals_that_are_secret" {
  command = plan
  variables {
    admin_principals = { viewer = sensitive(["arn:aws:iam::123456789012:role/admins"]), secret_reader = sensitive(["arn:aws:iam::123456789012:role/keepers"]) }
  }
  assert {
    condition     = toset(keys(output.admin_role_arns)) == toset(["viewer", "secret-reader"])
    error_message = "The plan stands."
  }
}

run "refuses_an_address_twice" {
  command = plan
  variables {
    alert_emails = ["postmaster@example.com", "postmaster@example.com"]
  }
  expect_failures = [var.alert_emails]
}
