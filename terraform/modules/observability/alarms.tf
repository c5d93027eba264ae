# The alarms. Each names its runbook in its description.

locals {
  minutes = 60
  hours   = 3600

  # Defaults of the alarms.
  usual_alarm = {
    statistic  = "Sum"
    period     = 5 * local.minutes
    periods    = 1
    comparison = "GreaterThanOrEqualToThreshold"
    missing    = "notBreaching"
  }

  # Queues whose oldest message shows that work is late. SQS excludes messages that were received three times and not deleted, so the
  # age shows that a function has stopped or is overloaded. Work that keeps failing ends as messages-parked.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  late_queues = {
    dead-letters-old   = { queue = "dead_letters", runbook = "dead-letters", meaning = "failed work isn't retried" }
    verifications-old  = { queue = "verifications", runbook = "verification-failed", meaning = "new keys are verified late" }
    sending-events-old = { queue = "sending_events", runbook = "function-errors", meaning = "senders are checked late" }
    feedback-old       = { queue = "feedback", runbook = "function-errors", meaning = "bounces and complaints are counted late" }
  }

  queue_alarms = merge(
    {
      for name, late in local.late_queues : name => {
        runbook     = late.runbook
        description = "The oldest message in ${var.queue_names[late.queue]} is older than ${var.thresholds.oldest_message_seconds} s: its function has stopped or is overloaded, so ${late.meaning}. (Work that keeps failing is reported by messages-parked.)"
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = var.queue_names[late.queue] }
        statistic   = "Maximum"
        comparison  = "GreaterThanThreshold"
        threshold   = var.thresholds.oldest_message_seconds
      }
    },
    {
      dead-letters-waiting = {
        runbook     = "dead-letters"
        description = "Failed work has waited in ${var.queue_names.dead_letters} for 15 minutes without being received. (Messages that wait for their next attempt aren't counted.)"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = var.queue_names.dead_letters }
        statistic   = "Minimum"
        periods     = 3
        threshold   = 1
      }
      messages-parked = {
        runbook     = "parked-message"
        description = "${var.queue_names.parking} holds messages that retries can't fix, for example an IAM user that can't be deleted."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = var.queue_names.parking }
        statistic   = "Maximum"
        threshold   = 1
      }
    },
  )

  function_alarms = merge([
    for service, name in var.function_names : {
      "${service}-errors" = {
        runbook     = "function-errors"
        description = "Calls of ${name} end in errors."
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        dimensions  = { FunctionName = name }
        threshold   = var.thresholds.function_errors
      }
      "${service}-throttles" = {
        runbook     = "function-errors"
        description = "Calls of ${name} are throttled: the account's concurrency, or its own, is used up."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        dimensions  = { FunctionName = name }
        periods     = 3
        threshold   = 1
      }
    }
  ]...)

  # No alarm on latency: requests with ?wait take up to 25 seconds on purpose.
  api_alarms = {
    for api in var.admin_api : "admin-api-failures" => {
      runbook     = "admin-api"
      description = "Requests to the admin API fail: a function behind it, or an AWS service that it calls, doesn't do its part."
      namespace   = "AWS/ApiGateway"
      metric      = "5xx"
      dimensions  = { ApiId = api.id }
      threshold   = var.thresholds.function_errors
    }
  }

  health_alarms = {
    stream-late = {
      runbook     = "stuck-pending"
      description = "The table's stream is read ${var.thresholds.stream_age_seconds} s late or later."
      namespace   = "AWS/Lambda"
      metric      = "IteratorAge"
      dimensions  = { FunctionName = var.function_names["smtp-credential-manager"] }
      statistic   = "Maximum"
      periods     = 2
      threshold   = var.thresholds.stream_age_seconds * 1000
    }
    sweep-not-run = {
      runbook     = "sweep-not-run"
      description = "Nobody has looked for drift for two days: no run of ${var.function_names["smtp-credential-sweeper"]} came to its end."
      namespace   = local.namespace
      metric      = "SweepsCompleted"
      dimensions  = { service = var.function_names["smtp-credential-sweeper"] }
      # Two whole days, because a daily sweep may fall just outside one day.
      period     = 24 * local.hours
      periods    = 2
      comparison = "LessThanThreshold"
      threshold  = 1
      missing    = "breaching"
    }
    kms-errors = {
      runbook     = "kms-key-unreachable"
      description = "The functions can't use the KMS key."
      namespace   = local.log_metric_namespace
      metric      = local.kms_errors_metric
      dimensions  = {}
      threshold   = 1
    }
  }

  # Our own metrics, by the function that counts them: src/observability/metric-catalogue.ts.
  credential_alarms = {
    provisioning-failed = {
      runbook     = "failed-credential"
      description = "Credentials couldn't be provisioned or changed; they are retried automatically."
      service     = "smtp-credential-manager"
      metric      = "CredentialsFailed"
      threshold   = var.thresholds.provisioning_failures
    }
    rotation-failed = {
      runbook     = "failed-credential"
      description = "Rotations failed. Each record says why, and the next run retries them."
      service     = "smtp-credential-rotator"
      metric      = "CredentialsFailed"
      threshold   = 1
    }
    repair-failed = {
      runbook     = "failed-credential"
      description = "The sweep couldn't repair credentials that differ from IAM. Each record says why, and the next sweep retries them."
      service     = "smtp-credential-sweeper"
      metric      = "CredentialsFailed"
      threshold   = 1
    }
    record-invalid = {
      runbook     = "failed-credential"
      description = "Records are invalid and wait for an administrator."
      service     = "smtp-credential-manager"
      metric      = "CredentialsInvalid"
      threshold   = 1
    }
    verification-failed = {
      runbook     = "verification-failed"
      description = "New keys can't log in at the SMTP endpoint, even at the second attempt two minutes after their creation."
      service     = "smtp-credential-verifier"
      metric      = "VerificationsFailed"
      threshold   = var.thresholds.verification_failures
    }
    credential-suspended = {
      runbook     = "compromised-key"
      description = "The system disabled a credential."
      service     = "smtp-credential-sweeper"
      metric      = "CredentialsSuspended"
      threshold   = 1
    }
    sender-violations = {
      runbook     = "sender-violation"
      description = "Mail was sent with senders that its credential doesn't allow."
      service     = "smtp-email-validator"
      metric      = "SenderViolations"
      threshold   = 1
    }
    suspended-for-senders = {
      runbook     = "suspended-credential"
      description = "A credential was suspended for senders that it doesn't allow."
      service     = "smtp-email-validator"
      metric      = "CredentialsSuspended"
      threshold   = 1
    }
    suspended-for-feedback = {
      runbook     = "suspended-credential"
      description = "A credential was suspended for bounces, complaints or its quota."
      service     = "smtp-feedback-processor"
      metric      = "CredentialsSuspended"
      threshold   = 1
    }
    suspension-not-ended = {
      runbook     = "suspended-credential"
      description = "A suspension for a quota couldn't be ended or reported. The next run retries it; until then the credential stays disabled."
      service     = "smtp-feedback-processor"
      metric      = "SuspensionsNotEnded"
      threshold   = 3
    }
    feedback-warnings = {
      runbook     = "sending-reputation"
      description = "A credential is close to the limit of bounces or complaints for a suspension."
      service     = "smtp-feedback-processor"
      metric      = "FeedbackWarnings"
      threshold   = 1
    }
    foreign-events = {
      runbook     = "foreign-events"
      description = "SES events of another account or configuration set reached our queues. They have no effect, but somebody may be forging events."
      service     = "smtp-feedback-processor"
      metric      = "SendingEventsForeign"
      threshold   = 1
    }
    old-key-in-use = {
      runbook     = "old-key-in-use"
      description = "An old password is still used a month after its grace period, so its rotation doesn't finish."
      service     = "smtp-credential-rotator"
      metric      = "KeysStillInUse"
      threshold   = 1
    }
    not-disabled = {
      runbook     = "not-disabled"
      description = "A credential couldn't be disabled: its key may still work."
      service     = "smtp-credential-sweeper"
      metric      = "DriftNotDisabled"
      threshold   = 1
    }
    orphan-found = {
      runbook     = "orphan"
      description = "An IAM user has our tags but no record."
      service     = "smtp-credential-sweeper"
      metric      = "DriftOrphanUser"
      threshold   = 1
    }
  }

  sending_alarms = {
    bounce-rate = {
      runbook     = "sending-reputation"
      description = "More than ${var.thresholds.bounce_rate_percent} % of the account's mails bounce. SES reviews an account at 5 % and may stop it at 10 %."
      namespace   = "AWS/SES"
      metric      = "Reputation.BounceRate"
      dimensions  = {}
      statistic   = "Maximum"
      period      = local.hours
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.bounce_rate_percent / 100
      missing     = "ignore"
    }
    complaint-rate = {
      runbook     = "sending-reputation"
      description = "More than ${var.thresholds.complaint_rate_percent} % of the account's mails are called spam. SES reviews an account at 0.1 % and may stop it at 0.5 %."
      namespace   = "AWS/SES"
      metric      = "Reputation.ComplaintRate"
      dimensions  = {}
      statistic   = "Maximum"
      period      = local.hours
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.complaint_rate_percent / 100
      missing     = "ignore"
    }
    sending-quota-used = {
      runbook     = "sending-quota"
      description = "More than ${var.thresholds.sending_quota_percent} % of the daily sending quota of ${var.thresholds.daily_sending_quota} mails is used."
      namespace   = "AWS/SES"
      metric      = "Send"
      dimensions  = {}
      period      = 24 * local.hours
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.daily_sending_quota * var.thresholds.sending_quota_percent / 100
    }
  }

  alarms = {
    for name, alarm in merge(local.queue_alarms, local.function_alarms, local.api_alarms, local.health_alarms, local.sending_alarms, {
      for name, alarm in local.credential_alarms : name => {
        runbook     = alarm.runbook
        description = alarm.description
        namespace   = local.namespace
        metric      = alarm.metric
        dimensions  = { service = var.function_names[alarm.service] }
        threshold   = alarm.threshold
      }
    }) : name => merge(local.usual_alarm, alarm)
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms }

  alarm_name          = "${var.name_prefix}smtp-${trimprefix(each.key, "smtp-")}"
  alarm_description   = "${each.value.description} Runbook: ${var.runbooks_url}/${each.value.runbook}.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
  tags                = var.tags
}

# Both figures come from the sweep, once a day.
resource "aws_cloudwatch_metric_alarm" "iam_users" {
  count = var.alarms ? 1 : 0

  alarm_name          = "${var.name_prefix}smtp-iam-users"
  alarm_description   = "More than ${var.thresholds.iam_users_percent} % of the IAM users that the account may have are there. Each credential is one, and AWS raises no account above 5,000. Runbook: ${var.runbooks_url}/iam-quota-reached.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.iam_users_percent
  treat_missing_data  = "ignore"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
  tags                = var.tags

  metric_query {
    id          = "percent"
    expression  = "100 * used / quota"
    label       = "IAM users in % of the quota"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { used = "IamUsersUsed", quota = "IamUsersQuota" }
    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        dimensions  = { service = var.function_names["smtp-credential-sweeper"] }
        stat        = "Maximum"
        period      = 24 * local.hours
      }
    }
  }
}

# KMS has no metric for refused calls, so this counts the functions' log lines about them.
resource "aws_cloudwatch_log_metric_filter" "kms_errors" {
  for_each = { for service, group in var.log_group_names : service => group if var.alarms }

  name           = "${each.value}-kms-errors"
  log_group_name = each.value
  pattern        = "{ $.error_message = \"kms:*\" }"

  metric_transformation {
    name      = local.kms_errors_metric
    namespace = local.log_metric_namespace
    value     = "1"
  }
}
