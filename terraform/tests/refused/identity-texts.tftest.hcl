# Fails on purpose: test/terraform-refusals.test.ts reads the errors.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "words_about_default_sets" {
  command = plan
  module {
    source = "./modules/ses"
  }
  variables {
    configuration_set_name = "team-smtp"
    publish_to_event_bus   = false
    publish_metrics        = false
    partition              = "aws"
    region                 = "eu-west-1"
    account_id             = "123456789012"
    topic_arns             = { sends = "arn:s", deliveries = "arn:d", bounces = "arn:b", complaints = "arn:c", rejects = "arn:r" }
    domains = {
      "example.com" = { create_identity = false, mail_from_domain = "" }
      "example.net" = { create_identity = false, mail_from_domain = "" }
      "example.org" = { create_identity = false, mail_from_domain = "" }
    }
  }
  override_data {
    target = data.aws_sesv2_email_identity.this["example.com"]
    values = { configuration_set_name = "", dkim_signing_attributes = [{ tokens = ["a", "b", "c"] }] }
  }
  override_data {
    target = data.aws_sesv2_email_identity.this["example.net"]
    values = { configuration_set_name = "team-smtp", dkim_signing_attributes = [{ tokens = ["a", "b", "c"] }] }
  }
  override_data {
    target = data.aws_sesv2_email_identity.this["example.org"]
    values = { configuration_set_name = "newsletter", dkim_signing_attributes = [{ tokens = ["a", "b", "c"] }] }
  }
}
