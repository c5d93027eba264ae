# Checks one function as an example of all.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name               = "team-smtp-credential-manager"
  description        = "Makes IAM as the records say"
  zip_file           = "../dist/functions/smtp-credential-manager.zip"
  timeout_seconds    = 60
  environment        = { TABLE_NAME = "mail" }
  policy             = "{}"
  log_retention_days = 30
}

run "refuses_a_zip_that_is_not_there" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    zip_file = "nowhere.zip"
  }
  expect_failures = [aws_lambda_function.this]
}

run "a_function_that_reads_a_stream" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    streams = {
      table = {
        arn                            = "arn:stream"
        batch_size                     = 100
        filters                        = ["{\"a\":1}"]
        bisect_batch_on_function_error = true
        maximum_retry_attempts         = 5
        maximum_record_age_seconds     = 86400
        parallelization_factor         = 1
        failure_queue_arn              = "arn:aws:sqs:eu-west-1:123456789012:smtp-dead-letters"
      }
    }
  }
  assert {
    condition     = aws_lambda_function.this.runtime == "nodejs24.x" && aws_lambda_function.this.handler == "index.handler" && aws_lambda_function.this.source_code_hash == filebase64sha256("../dist/functions/smtp-credential-manager.zip")
    error_message = "Deployed by path and hash."
  }
  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function.this.logging_config[0].log_format == "JSON"
    error_message = "Traced, with logs in JSON."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/team-smtp-credential-manager" && aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name
    error_message = "The log group is there before the function, and forgets."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["table"].function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.stream["table"].bisect_batch_on_function_error
    error_message = "A bad record doesn't take its batch along."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["table"].maximum_retry_attempts == 5 && aws_lambda_event_source_mapping.stream["table"].maximum_record_age_in_seconds == 86400
    error_message = "A bad record doesn't hold up the others for ever."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["table"].destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:123456789012:smtp-dead-letters"
    error_message = "What is given up is told to the dead-letter queue."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["table"].starting_position == "TRIM_HORIZON" && [for filter in tolist(aws_lambda_event_source_mapping.stream["table"].filter_criteria[0].filter) : filter.pattern] == ["{\"a\":1}"]
    error_message = "From the oldest record on, through the filter."
  }
  assert {
    condition     = length(aws_lambda_function_event_invoke_config.this) == 0 && length(aws_lambda_event_source_mapping.queue) == 0
    error_message = "Nothing else calls it."
  }
}

run "a_function_that_reads_a_queue" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    queues = { letters = { arn = "arn:queue", batch_size = 10, batching_window_seconds = 3, maximum_concurrency = 2 } }
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue["letters"].batch_size == 10 && aws_lambda_event_source_mapping.queue["letters"].maximum_batching_window_in_seconds == 3 && aws_lambda_event_source_mapping.queue["letters"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Ten messages, each of which may fail alone."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue["letters"].scaling_config[0].maximum_concurrency == 2
    error_message = "Bounded without throttling."
  }
}

run "a_function_that_a_schedule_calls" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    schedules = {
      daily = { maximum_retry_attempts = 1, maximum_event_age_seconds = 600, failure_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:smtp-parking" }
    }
    tracing                       = false
    reserved_concurrency          = 1
    log_kms_key_arn               = "arn:aws:kms:eu-west-1:123456789012:key/0"
    role_permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }
  assert {
    condition     = aws_lambda_function_event_invoke_config.this[0].destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:123456789012:smtp-parking" && aws_lambda_function_event_invoke_config.this[0].maximum_retry_attempts == 1 && aws_lambda_function_event_invoke_config.this[0].maximum_event_age_in_seconds == 600
    error_message = "A call that fails permanently goes to its failure queue."
  }
  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough" && aws_lambda_function.this.reserved_concurrent_executions == 1
    error_message = "Traces and concurrency can be switched."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.log_kms_key_arn && aws_iam_role.this.permissions_boundary == var.role_permissions_boundary_arn
    error_message = "An organisation's key and boundary are used."
  }
}

run "refuses_two_schedules" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    schedules = {
      daily  = { maximum_retry_attempts = 0, maximum_event_age_seconds = 600, failure_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:smtp-parking" }
      hourly = { maximum_retry_attempts = 0, maximum_event_age_seconds = 600, failure_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:smtp-parking" }
    }
  }
  expect_failures = [var.schedules]
}
