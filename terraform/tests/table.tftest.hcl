# The table must have what the functions need.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "refuses_a_table_without_a_stream" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = false, stream_view_type = "", stream_arn = "", hash_key = "PK", range_key = "SK", replica = [] }
  }
  expect_failures = [data.aws_dynamodb_table.existing]
}

run "refuses_a_stream_of_keys_only" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = true, stream_view_type = "KEYS_ONLY", stream_arn = "arn", hash_key = "PK", range_key = "SK", replica = [] }
  }
  expect_failures = [data.aws_dynamodb_table.existing]
}

run "refuses_other_keys" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", stream_arn = "arn", hash_key = "id", range_key = "SK", replica = [] }
  }
  expect_failures = [data.aws_dynamodb_table.existing]
}

run "refuses_a_global_table" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", stream_arn = "arn", hash_key = "PK", range_key = "SK", replica = [{ region_name = "us-east-1", kms_key_arn = "" }] }
  }
  expect_failures = [data.aws_dynamodb_table.existing]
}

run "takes_a_table_that_fits" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", stream_arn = "arn:stream", hash_key = "PK", range_key = "SK", replica = [], ttl = [{ attribute_name = "ttl", enabled = true }] }
  }
  assert {
    condition     = output.stream_arn == "arn:stream" && length(aws_dynamodb_table.created) == 0
    error_message = "A table that exists is read and not touched."
  }
  assert {
    condition     = output.expiry_attribute == "ttl"
    error_message = "The attribute of its TTL is used."
  }
}

run "tells_of_a_table_without_a_time_to_live" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name = "mail"
  }
  override_data {
    target = data.aws_dynamodb_table.existing
    values = { stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", stream_arn = "arn:stream", hash_key = "PK", range_key = "SK", replica = [], ttl = [{ attribute_name = "", enabled = false }] }
  }
  expect_failures = [check.time_to_live]
}

run "creates_a_table" {
  command = plan
  module {
    source = "./modules/table-stream"
  }
  variables {
    name   = "mail"
    create = true
  }
  assert {
    condition     = aws_dynamodb_table.created[0].stream_view_type == "NEW_AND_OLD_IMAGES" && aws_dynamodb_table.created[0].billing_mode == "PAY_PER_REQUEST"
    error_message = "With a stream of both images, paid per request."
  }
  assert {
    condition     = aws_dynamodb_table.created[0].deletion_protection_enabled && aws_dynamodb_table.created[0].point_in_time_recovery[0].enabled
    error_message = "Protected against deletion, and recoverable."
  }
  assert {
    condition     = aws_dynamodb_table.created[0].ttl[0].enabled && aws_dynamodb_table.created[0].ttl[0].attribute_name == output.expiry_attribute
    error_message = "What has an end goes by itself."
  }
}
