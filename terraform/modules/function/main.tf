# A Lambda function with its role, log group and triggers.

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:The user sets the retention (log_retention_days); 90 days by default, and the trail keeps a year.
  # checkov:skip=CKV_AWS_158:The user chooses the key (log_kms_key_arn); without one, CloudWatch Logs encrypts with its own.
  # Created before the function runs, so that Lambda doesn't create one that keeps logs forever.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn == "" ? null : var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_117:It calls only AWS services and the SMTP endpoint; a VPC would add fixed costs and no protection.
  # checkov:skip=CKV_AWS_116:Stream and queues report failures for each record; scheduled calls have an on-failure destination.
  # checkov:skip=CKV_AWS_115:A reservation reduces the account's pool, which is 10 in a new account; variable reserved_concurrency sets it.
  # checkov:skip=CKV_AWS_173:The environment holds names and ARNs, no secret; Lambda encrypts it with its own key.
  # checkov:skip=CKV_AWS_272:The zips are built reproducibly from this repository and deployed by their hash.
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  runtime                        = "nodejs24.x"
  architectures                  = ["arm64"]
  handler                        = "index.handler"
  filename                       = var.zip_file
  source_code_hash               = fileexists(var.zip_file) ? filebase64sha256(var.zip_file) : ""
  memory_size                    = var.memory_megabytes
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency
  tags                           = var.tags

  environment {
    variables = var.environment
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
    # Never above INFO: metrics are log lines without a level, which Lambda treats as INFO and would drop.
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    application_log_level = var.log_level
    system_log_level      = "INFO"
  }

  # Without its permissions, the first calls of a new function would fail.
  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    precondition {
      condition     = fileexists(var.zip_file)
      error_message = "There is no ${var.zip_file}. Build the functions first: npm run build"
    }
  }
}

# An asynchronous call that fails permanently is sent to the dead-letter queue.
resource "aws_lambda_function_event_invoke_config" "this" {
  count = length(var.schedules)

  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = values(var.schedules)[count.index].maximum_retry_attempts
  maximum_event_age_in_seconds = values(var.schedules)[count.index].maximum_event_age_seconds

  destination_config {
    on_failure {
      destination = values(var.schedules)[count.index].failure_queue_arn
    }
  }
}
