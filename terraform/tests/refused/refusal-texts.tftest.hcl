# Fails on purpose: test/terraform-refusals.test.ts reads the errors.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "words_of_refusals" {
  command = plan
  override_data {
    target = data.aws_region.current
    values = { region = "eu-south-1" }
  }
  variables {
    table_name         = "mail"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    topics_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-00000000111122223333444444444444"
    domains            = { "example.com" = { mta_sts = { mode = "enforce" } } }
  }
}
