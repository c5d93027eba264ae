# The function's triggers. Handler and mapping share a contract: every handler reports failures per record.

resource "aws_lambda_event_source_mapping" "stream" {
  for_each = var.streams

  function_name           = aws_lambda_function.this.arn
  event_source_arn        = each.value.arn
  starting_position       = "TRIM_HORIZON"
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  # With bisecting, a batch that fails as a whole is halved until the bad record is alone; then its position in the stream goes to the queue.
  bisect_batch_on_function_error = each.value.bisect_batch_on_function_error
  maximum_retry_attempts         = each.value.maximum_retry_attempts
  maximum_record_age_in_seconds  = each.value.maximum_record_age_seconds
  parallelization_factor         = each.value.parallelization_factor

  destination_config {
    on_failure {
      destination_arn = each.value.failure_queue_arn
    }
  }

  filter_criteria {
    dynamic "filter" {
      for_each = each.value.filters
      content {
        pattern = filter.value
      }
    }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = var.queues

  function_name           = aws_lambda_function.this.arn
  event_source_arn        = each.value.arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  maximum_batching_window_in_seconds = each.value.batching_window_seconds

  # Limited here and not by reserved concurrency: a throttled SQS poller would use up the messages' receives.
  scaling_config {
    maximum_concurrency = each.value.maximum_concurrency
  }
}
