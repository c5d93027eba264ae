# Saved queries in CloudWatch Logs Insights. They cost nothing until they are run.

locals {
  function_logs = sort(values(var.log_group_names))

  function_queries = {
    "failed credentials"     = <<-EOT
      fields @timestamp, service, username, error_code, error_message, correlation_id
      | filter code in ["CREDENTIAL_FAILED", "CREDENTIAL_INVALID"]
      | sort @timestamp desc
      | limit 100
    EOT
    "one credential's story" = <<-EOT
      fields @timestamp, service, level, message, transition, error_message, correlation_id
      | filter username = "john.doe"
      | sort @timestamp desc
      | limit 200
    EOT
    "one correlation id"     = <<-EOT
      fields @timestamp, service, level, message, username, error_message
      | filter correlation_id = "paste it here"
      | sort @timestamp asc
    EOT
  }
  mail_queries = {
    "top senders"                      = <<-EOT
      fields `detail.mail.tags.ses:caller-identity.0` as caller
      | filter detail.eventType = "Send"
      | stats count(*) as sends by caller
      | sort sends desc
      | limit 20
    EOT
    "bounces and complaints by sender" = <<-EOT
      fields `detail.mail.tags.ses:caller-identity.0` as caller
      | filter detail.eventType in ["Bounce", "Complaint", "Reject"]
      | stats count(*) as events by caller, detail.eventType
      | sort events desc
      | limit 50
    EOT
    "mails of one sender"              = <<-EOT
      fields @timestamp, detail.eventType, detail.mail.source, detail.mail.destination.0, detail.mail.messageId
      | filter `detail.mail.tags.ses:caller-identity.0` like /ses-smtp-user-john.doe/
      | sort @timestamp desc
      | limit 200
    EOT
  }
}

resource "aws_cloudwatch_query_definition" "functions" {
  for_each = local.function_queries

  name            = "${var.name_prefix}smtp/${each.key}"
  log_group_names = local.function_logs
  query_string    = each.value
}

resource "aws_cloudwatch_query_definition" "admin_api" {
  for_each = { for api in var.admin_api : "who called the admin API" => api.access_log_name }

  name            = "${var.name_prefix}smtp/${each.key}"
  log_group_names = [each.value]
  query_string    = <<-EOT
    fields @timestamp, caller, sourceIp, method, path, status, requestId
    | sort @timestamp desc
    | limit 200
  EOT
}

resource "aws_cloudwatch_query_definition" "mails" {
  for_each = { for name, query in local.mail_queries : name => query if var.event_log }

  name            = "${var.name_prefix}smtp/${each.key}"
  log_group_names = [aws_cloudwatch_log_group.events[0].name]
  query_string    = each.value
}
