# One page: overview first, then details.

locals {
  manager   = "smtp-credential-manager"
  widget_of = { height = 6, width = 8 }

  # A record with status `disabled` isn't off until it has `disabled_at`. Until then it is shown as disabling.
  drift_labels = {
    DriftRepaired                 = "repaired"
    DriftOrphanUser               = "user without a record"
    DriftOrphanKey                = "key that no record knows"
    DriftNotDisabled              = "disabling, for more than two minutes"
    DriftStuckPending             = "pending, nobody at work"
    DriftQuarantined              = "quarantined by AWS"
    DriftUnverified               = "never logged in"
    DriftIdentityConfigurationSet = "identity without our configuration set"
  }

  metric_widgets = concat(local.usual_widgets, local.api_widgets)

  api_widgets = flatten([
    for api in var.admin_api : [
      {
        title   = "Admin API: requests, refused, failed"
        stat    = "Sum"
        metrics = [for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", api.id]]
      },
      {
        title   = "Admin API: latency, p99, in ms (?wait takes up to 25 s)"
        stat    = "p99"
        metrics = [for metric in ["Latency", "IntegrationLatency"] : ["AWS/ApiGateway", metric, "ApiId", api.id]]
      },
    ]
  ])

  usual_widgets = [
    {
      title = "Credentials: what happened"
      stat  = "Sum"
      metrics = [
        for metric in ["CredentialsActivated", "CredentialsChanged", "CredentialsEnabled", "CredentialsDisabled", "CredentialsDeleted"] :
        [local.namespace, metric, "service", var.function_names[local.manager]]
      ]
    },
    {
      title = "Credentials: what failed"
      stat  = "Sum"
      metrics = [
        [local.namespace, "CredentialsFailed", "service", var.function_names[local.manager]],
        [local.namespace, "CredentialsInvalid", "service", var.function_names[local.manager]],
        [local.namespace, "VerificationsFailed", "service", var.function_names["smtp-credential-verifier"]],
        [local.namespace, "CredentialsSuspended", "service", var.function_names["smtp-credential-sweeper"]],
        [local.log_metric_namespace, local.kms_errors_metric],
      ]
    },
    {
      title = "From the record to active, in ms"
      stat  = "p99"
      metrics = [
        [local.namespace, "ProvisioningLatency", "service", var.function_names[local.manager], { stat = "p50", label = "p50" }],
        [local.namespace, "ProvisioningLatency", "service", var.function_names[local.manager], { stat = "p99", label = "p99" }],
      ]
    },
    {
      title = "Rotations"
      stat  = "Sum"
      metrics = [
        for metric in ["RotationsAnnounced", "CredentialsRotated", "KeysRetired", "KeysDeleted", "RotationsUndone", "KeysStillInUse"] :
        [local.namespace, metric, "service", var.function_names["smtp-credential-rotator"]]
      ]
    },
    {
      title = "Head-room: IAM users"
      stat  = "Maximum"
      metrics = [
        for metric in ["IamUsersUsed", "IamUsersQuota"] : [local.namespace, metric, "service", var.function_names["smtp-credential-sweeper"]]
      ]
    },
    {
      title = "Drift that the sweep found"
      stat  = "Sum"
      metrics = [
        for metric, label in local.drift_labels :
        [local.namespace, metric, "service", var.function_names["smtp-credential-sweeper"], { label = label }]
      ]
    },
    {
      title = "Mails of the account"
      stat  = "Sum"
      metrics = [
        for metric in ["Send", "Delivery", "Bounce", "Complaint", "Reject"] : ["AWS/SES", metric]
      ]
    },
    {
      title = "Mails of the credentials: recipients"
      stat  = "Sum"
      metrics = [
        for metric in ["MailSends", "MailDeliveries", "MailHardBounces", "MailSoftBounces", "MailComplaints", "MailRejects"] :
        [local.namespace, metric, "service", var.function_names["smtp-feedback-processor"]]
      ]
    },
    {
      title = "Violations and suspensions"
      stat  = "Sum"
      metrics = [
        [local.namespace, "SenderViolations", "service", var.function_names["smtp-email-validator"]],
        [local.namespace, "SendsWhileDisabled", "service", var.function_names["smtp-email-validator"]],
        [local.namespace, "CredentialsSuspended", "service", var.function_names["smtp-email-validator"]],
        [local.namespace, "CredentialsSuspended", "service", var.function_names["smtp-feedback-processor"]],
        [local.namespace, "FeedbackWarnings", "service", var.function_names["smtp-feedback-processor"]],
        [local.namespace, "SuspensionsEnded", "service", var.function_names["smtp-feedback-processor"]],
      ]
    },
    {
      title = "Reputation of the account (SES reviews at 0.05 and 0.001)"
      stat  = "Maximum"
      metrics = [
        ["AWS/SES", "Reputation.BounceRate"],
        ["AWS/SES", "Reputation.ComplaintRate"],
      ]
    },
    {
      title = "Queues: messages"
      stat  = "Maximum"
      metrics = [
        for queue in values(var.queue_names) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]
      ]
    },
    {
      title = "Queues: age of the oldest message, in s"
      stat  = "Maximum"
      metrics = [
        for queue in values(var.queue_names) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]
      ]
    },
    {
      title = "Dead letters"
      stat  = "Sum"
      metrics = concat(
        [[local.namespace, "DeadLetters", "service", var.function_names[local.manager]]],
        [for metric in ["DeadLettersSettled", "DeadLettersRetried", "MessagesParked"] : [local.namespace, metric, "service", var.function_names["smtp-dlq-processor"]]],
      )
    },
    {
      title   = "Functions: errors and throttles"
      stat    = "Sum"
      metrics = flatten([for name in values(var.function_names) : [for metric in ["Errors", "Throttles"] : { metric = ["AWS/Lambda", metric, "FunctionName", name] }]])[*].metric
    },
    {
      title   = "Functions: duration, p99, in ms"
      stat    = "p99"
      metrics = [for name in values(var.function_names) : ["AWS/Lambda", "Duration", "FunctionName", name]]
    },
    {
      title   = "Stream: age of the last record read, in ms"
      stat    = "Maximum"
      metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", var.function_names[local.manager]]]
    },
  ]

  # The saved queries, as tables.
  log_widgets = var.event_log ? [
    for title in ["top senders", "bounces and complaints by sender"] : {
      title = title
      query = "SOURCE '${local.event_log_name}' | ${local.mail_queries[title]}"
    }
  ] : []

  dashboard = {
    widgets = concat(
      [
        for index, widget in local.metric_widgets : {
          type   = "metric"
          x      = (index % 3) * local.widget_of.width
          y      = floor(index / 3) * local.widget_of.height
          width  = local.widget_of.width
          height = local.widget_of.height
          properties = {
            title   = widget.title
            region  = var.region
            view    = "timeSeries"
            period  = 300
            stat    = widget.stat
            metrics = widget.metrics
          }
        }
      ],
      [
        for index, widget in local.log_widgets : {
          type   = "log"
          x      = index * 12
          y      = ceil(length(local.metric_widgets) / 3) * local.widget_of.height
          width  = 12
          height = local.widget_of.height
          properties = {
            title  = widget.title
            region = var.region
            view   = "table"
            query  = widget.query
          }
        }
      ],
    )
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  dashboard_name = "${var.name_prefix}smtp-credentials"
  dashboard_body = jsonencode(local.dashboard)
}
