# Names and ARNs. ARNs are built from names rather than taken from resources, so that a plan shows whole policies.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {
  lifecycle {
    # In other partitions, endpoint names end differently, and most have no SES.
    postcondition {
      condition     = contains(["aws", "aws-us-gov"], self.partition)
      error_message = "Sesame can't be deployed to the partition ${self.partition}: it knows SES's SMTP endpoints of the partitions aws and aws-us-gov only. Use an account and a Region of one of these."
    }
  }
}
data "aws_region" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.region

  table_arn = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${var.table_name}"

  configuration_set_name    = "${var.name_prefix}smtp"
  permissions_boundary_name = "${var.name_prefix}sesame-smtp-user-boundary"
  own_boundary_arn          = "arn:${local.partition}:iam::${local.account_id}:policy${var.policy_path}${local.permissions_boundary_name}"
  # The boundary of new users. Users with the other one keep it.
  permissions_boundary_arn = var.user_permissions_boundary_arn == "" ? local.own_boundary_arn : var.user_permissions_boundary_arn
  user_boundary_arns       = distinct([local.own_boundary_arn, local.permissions_boundary_arn])

  # Marks this deployment's IAM users and policies: src/credential/iam/ownership.ts. IAM is global, but a table's name is unique only in
  # its Region.
  table_mark          = "${local.region}/${var.table_name}"
  table_names         = concat([var.table_name], var.previous_table_names)
  managed_table_marks = concat([for name in local.table_names : "${local.region}/${name}"], var.manage_users_of_0_1 ? local.table_names : [])
  managed_iam_paths   = concat([for name in local.table_names : "/ses-smtp/${local.region}/${name}/"], var.manage_users_of_0_1 ? ["/ses-smtp/"] : [])
  managed_arns = {
    for kind in ["user", "policy"] : kind => [
      for path in local.managed_iam_paths : "arn:${local.partition}:iam::${local.account_id}:${kind}${path}ses-smtp-user-*"
    ]
  }
  # Where a user may be whose tags are checked: somebody may have renamed it. The path of version 0.1 holds those of other deployments, too.
  tagged_user_arns = [
    for path in local.managed_iam_paths : "arn:${local.partition}:iam::${local.account_id}:user${path}${path == "/ses-smtp/" ? "ses-smtp-user-*" : "*"}"
  ]
  user_tag_keys = concat(["sesame:table", "sesame:username", "sesame:managed-by"], keys(var.user_tags))

  queue_names = {
    dead_letters   = "${var.name_prefix}smtp-dead-letters"
    parking        = "${var.name_prefix}smtp-parking"
    verifications  = "${var.name_prefix}smtp-verifications"
    sending_events = "${var.name_prefix}smtp-sending-events"
    feedback       = "${var.name_prefix}smtp-feedback"
  }
  queue_arns = { for queue, name in local.queue_names : queue => "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${name}" }

  # Log groups that EventBridge writes; modules/observability names them so. Empty: there is none.
  event_log_names = {
    mails   = var.event_log ? "/aws/events/${var.name_prefix}smtp-mails" : ""
    history = var.history_log ? "/aws/events/${var.name_prefix}smtp-credentials" : ""
  }

  scheduled_function_arns = [
    for name, definition in local.function_definitions :
    "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name_prefix}${name}" if can(definition.schedule)
  ]

  # Values for the templates in policies/; log_group_arn is added for each function. A list replaces a placeholder that stands alone in
  # brackets, as in local/policy/render-policy.ts.
  policy_values = {
    name_prefix              = var.name_prefix
    partition                = local.partition
    region                   = local.region
    account_id               = local.account_id
    table_name               = var.table_name
    table_arn                = local.table_arn
    table_mark               = local.table_mark
    table_names              = join("\",\"", local.table_names)
    managed_table_marks      = join("\",\"", local.managed_table_marks)
    managed_user_arns        = join("\",\"", local.managed_arns["user"])
    tagged_user_arns         = join("\",\"", local.tagged_user_arns)
    managed_policy_arns      = join("\",\"", local.managed_arns["policy"])
    user_boundary_arns       = join("\",\"", local.user_boundary_arns)
    user_tag_keys            = join("\",\"", local.user_tag_keys)
    scheduled_function_arns  = join("\",\"", local.scheduled_function_arns)
    kms_key_arn              = var.kms_key_arn
    dead_letter_queue_arn    = local.queue_arns.dead_letters
    parking_queue_arn        = local.queue_arns.parking
    verification_queue_arn   = local.queue_arns.verifications
    sending_events_queue_arn = local.queue_arns.sending_events
    feedback_queue_arn       = local.queue_arns.feedback
    alerts_topic_arn         = "arn:${local.partition}:sns:${local.region}:${local.account_id}:${var.name_prefix}smtp-alerts"
    permissions_boundary_arn = local.permissions_boundary_arn
    deployment_parameter_arn = "arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter${local.deployment_parameter_name}"
    event_bus_name           = var.event_bus_name
    event_bus_arn            = "arn:${local.partition}:events:${local.region}:${local.account_id}:event-bus/${var.event_bus_name}"
  }
}
