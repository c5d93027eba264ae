# Mocked responses of AWS, so that the tests need no account. The provider still validates the resources.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_region" {
  defaults = { region = "eu-west-1" }
}

mock_data "aws_dynamodb_table" {
  defaults = {
    hash_key         = "PK"
    range_key        = "SK"
    stream_enabled   = true
    stream_view_type = "NEW_AND_OLD_IMAGES"
    stream_arn       = "arn:aws:dynamodb:eu-west-1:123456789012:table/mail/stream/2026-01-01T00:00:00.000"
    ttl              = [{ attribute_name = "expires_at", enabled = true }]
    replica          = []
  }
}

mock_data "aws_sesv2_email_identity" {
  defaults = {
    configuration_set_name = "smtp"
    email_identity         = "example.com"
    dkim_signing_attributes = [{
      tokens                        = ["one", "two", "three"]
      current_signing_key_length    = "RSA_2048_BIT"
      next_signing_key_length       = "RSA_2048_BIT"
      last_key_generation_timestamp = "2026-01-01T00:00:00Z"
      signing_attributes_origin     = "AWS_SES"
      status                        = "SUCCESS"
      domain_signing_private_key    = ""
      domain_signing_selector       = ""
    }]
  }
}

mock_resource "aws_sesv2_email_identity" {
  override_during = plan
  defaults        = { dkim_signing_attributes = { tokens = ["one", "two", "three"] } }
}

mock_resource "aws_ses_domain_identity" {
  override_during = plan
  defaults        = { verification_token = "token" }
}

mock_resource "aws_acm_certificate" {
  override_during = plan
  defaults = {
    domain_validation_options = [{
      domain_name           = "mta-sts.example.com"
      resource_record_name  = "_x.mta-sts.example.com."
      resource_record_type  = "CNAME"
      resource_record_value = "_y.acm-validations.aws."
    }]
  }
}
