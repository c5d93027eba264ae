# Fails on purpose: test/terraform-refusals.test.ts reads the errors.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "words_about_an_unknown_dkim_zone" {
  command = plan
  override_data {
    target = data.aws_region.current
    values = { region = "xx-new-1" }
  }
  variables {
    table_name  = "mail"
    kms_key_arn = "arn:aws:kms:xx-new-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    smtp_host   = "email-smtp.xx-new-1.amazonaws.com"
    domains     = { "example.com" = {} }
  }
}
