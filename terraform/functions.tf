# The functions of functions.json, with their queues and schedules.
#
# Terraform and the local stack (local/function-definitions.ts) both read functions.json. JSON has no comments, so the reasons are here:
# - A function's variables are exactly the keys of its schema in src/functions/*/env.ts. Several functions share the environment
#   "reconcile" (src/functions/runtime/reconcile-env.ts), "sending" and "violations" (src/functions/runtime/sending-env.ts).
# - Memory is small but sufficient: the peak of each function was measured on the local stack.
# - The stream's filter matches only the keys of credentials: all other items of the table belong to other applications.
# - Large batches of SES events make counting cheap: one write counts all events of a credential.
# - Rotation and sweep are not retried, because their next run is the retry. The run that ends suspensions belongs to no record, so a
#   person must look at its failures: they go to the parking queue.
# - An empty SMTP_HOST means the Region's own endpoint; an empty SMTP_CA_PEM means the certificates that the system trusts.

locals {
  functions_directory = var.functions_directory == "" ? "${path.module}/../dist/functions" : var.functions_directory

  function_file = jsondecode(file("${path.module}/functions.json"))
  # A function with enabled_by exists only if that variable is true.
  switches = { admin_api = var.admin_api }
  function_definitions = {
    for name, definition in local.function_file.functions : name => definition if try(local.switches[definition.enabled_by], true)
  }

  # Values for the placeholders in functions.json. The local stack has its own: local/local-functions.ts.
  environment_values = merge(local.policy_values, {
    dead_letter_queue_url     = module.dead_letters.dead_letter_queue_url
    parking_queue_url         = module.dead_letters.parking_queue_url
    verification_queue_url    = module.verifications.queue_url
    sending_events_queue_url  = module.sending_events.queue_url
    feedback_queue_url        = module.feedback.queue_url
    deployment_parameter      = local.deployment_parameter_name
    function_names            = join(",", [for name in keys(local.function_definitions) : "${var.name_prefix}${name}"])
    event_log_group           = local.event_log_names.mails
    history_log_group         = local.event_log_names.history
    expiry_attribute          = module.table_stream.expiry_attribute
    configuration_set_name    = local.configuration_set_name
    previous_table_names      = join(",", var.previous_table_names)
    manage_users_of_0_1       = var.manage_users_of_0_1 ? "on" : "off"
    user_tags                 = jsonencode(var.user_tags)
    max_credentials           = var.max_credentials == 0 ? "" : tostring(var.max_credentials)
    default_quota_per_day     = var.default_quota_per_day == 0 ? "" : tostring(var.default_quota_per_day)
    receiving_rules           = var.receiving_rules
    receiving_rule_pk         = var.receiving_rule_keys.pk
    receiving_rule_sk         = var.receiving_rule_keys.sk
    smtp_host                 = var.smtp_host
    login_successes           = tostring(var.verification.successes)
    login_pause_milliseconds  = tostring(var.verification.pause_milliseconds)
    verification_seconds      = tostring(var.verification.limit_seconds)
    validator_mode            = var.validator.mode
    suspend_after_violations  = tostring(var.validator.suspend_after_violations)
    violation_window          = var.validator.violation_window
    envelope                  = var.validator.envelope
    feedback_mode             = var.feedback.mode
    suppression_list          = var.feedback.suppression_list ? "on" : "off"
    bounce_warn_percent       = tostring(var.feedback.bounce_warn_percent)
    bounce_suspend_percent    = tostring(var.feedback.bounce_suspend_percent)
    bounce_minimum_sends      = tostring(var.feedback.bounce_minimum_sends)
    bounce_minimum_count      = tostring(var.feedback.bounce_minimum_count)
    complaint_warn_percent    = tostring(var.feedback.complaint_warn_percent)
    complaint_suspend_percent = tostring(var.feedback.complaint_suspend_percent)
    complaint_minimum_sends   = tostring(var.feedback.complaint_minimum_sends)
    complaint_minimum_count   = tostring(var.feedback.complaint_minimum_count)
    log_level                 = var.log_level
    tracing                   = var.tracing ? "on" : "off"
  })

  # Each variable is a template of its own, so that a value that is known only after apply leaves the rest of the plan known.
  function_environments = {
    for name, definition in local.function_definitions : name => {
      for variable, template in merge(concat(
        [for shared in definition.shared_environments : local.function_file.environments[shared]], [definition.environment]
      )...) : variable => templatestring(template, local.environment_values)
    }
  }

  publishes_alerts = ["smtp-credential-rotator", "smtp-email-validator", "smtp-feedback-processor"]

  # Statements that several roles share are in one file. The local stack combines them in the same way: local/policy/read-role-policy.ts.
  function_policy_values = {
    for name in keys(local.function_definitions) : name => merge(local.policy_values, {
      log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/lambda/${var.name_prefix}${name}"
    })
  }
  function_policies = {
    for name, values in local.function_policy_values : name => jsonencode({
      Version = "2012-10-17"
      Statement = flatten([
        for file in concat([name], local.function_definitions[name].shared_statements) : [
          for statement in jsondecode(templatefile("${path.module}/policies/${file}.json", values)).Statement :
          statement if statement.Sid != "SuppressAddresses" || var.feedback.suppression_list
        ]
      ])
    })
  }

  stream_arns = { table = module.table_stream.stream_arn }
  # Taken from the resources, so that Terraform creates a queue before its event source mapping.
  function_queue_arns = {
    dead-letters   = module.dead_letters.dead_letter_queue_arn
    parking        = module.dead_letters.parking_queue_arn
    verifications  = module.verifications.queue_arn
    sending-events = module.sending_events.queue_arn
    feedback       = module.feedback.queue_arn
  }

  schedule_expressions = {
    rotation    = var.rotation_schedule
    suspensions = var.suspension_schedule
    sweep       = var.sweep_schedule
  }
}

module "functions" {
  source   = "./modules/function"
  for_each = local.function_definitions

  name             = "${var.name_prefix}${each.key}"
  description      = each.value.description
  zip_file         = "${local.functions_directory}/${each.key}.zip"
  memory_megabytes = each.value.memory_megabytes
  timeout_seconds  = each.value.timeout_seconds
  environment      = local.function_environments[each.key]
  policy           = local.function_policies[each.key]

  streams = {
    for stream in try([each.value.stream], []) : stream.name => {
      arn                            = local.stream_arns[stream.name]
      batch_size                     = stream.batch_size
      filters                        = [for filter in stream.filters : jsonencode(filter)]
      bisect_batch_on_function_error = stream.bisect_batch_on_function_error
      maximum_retry_attempts         = stream.maximum_retry_attempts
      maximum_record_age_seconds     = stream.maximum_record_age_seconds
      parallelization_factor         = stream.parallelization_factor
      failure_queue_arn              = local.function_queue_arns[stream.failure_queue]
    }
  }
  queues = {
    for queue in try([each.value.queue], []) : queue.name => {
      arn                     = local.function_queue_arns[queue.name]
      batch_size              = queue.batch_size
      batching_window_seconds = queue.batching_window_seconds
      maximum_concurrency     = queue.maximum_concurrency
    }
  }
  schedules = {
    for schedule in try([each.value.schedule], []) : schedule.name => {
      maximum_retry_attempts    = schedule.maximum_retry_attempts
      maximum_event_age_seconds = schedule.maximum_event_age_seconds
      failure_queue_arn         = local.function_queue_arns[schedule.failure_queue]
    }
  }

  additional_statements         = concat(local.table_key_statements, contains(local.publishes_alerts, each.key) ? local.topics_key_statements : [])
  reserved_concurrency          = lookup(var.reserved_concurrency, each.key, -1)
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  log_level                     = var.log_level
  log_retention_days            = var.log_retention_days
  log_kms_key_arn               = var.log_kms_key_arn
  tracing                       = var.tracing
  tags                          = var.tags
}

module "dead_letters" {
  source = "./modules/dead-letters"

  dead_letters_name          = local.queue_names.dead_letters
  parking_name               = local.queue_names.parking
  redriving_queue_names      = [local.queue_names.verifications, local.queue_names.sending_events, local.queue_names.feedback]
  visibility_timeout_seconds = 6 * local.function_definitions["smtp-dlq-processor"].timeout_seconds
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "exposed_keys" {
  source = "./modules/exposed-keys"
  count  = var.sweep_exposed_keys ? 1 : 0

  rule_name                     = "${var.name_prefix}sesame-exposed-keys"
  role_name                     = "${var.name_prefix}smtp-health-forwarder"
  policy                        = templatefile("${path.module}/policies/smtp-health-forwarder.json", local.policy_values)
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  sweeper_arn                   = module.functions["smtp-credential-sweeper"].arn
  partition                     = local.partition
  region                        = local.region
  account_id                    = local.account_id
  tags                          = var.tags
}

module "verifications" {
  source = "./modules/verifications"

  queue_name                 = local.queue_names.verifications
  rule_name                  = "${var.name_prefix}sesame-verifications"
  event_bus_name             = var.event_bus_name
  table_name                 = var.table_name
  delay_seconds              = var.verification.delay_seconds
  visibility_timeout_seconds = 6 * local.function_definitions["smtp-credential-verifier"].timeout_seconds
  parking_queue_arn          = module.dead_letters.parking_queue_arn
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "schedules" {
  source = "./modules/schedules"

  group_name                    = "${var.name_prefix}sesame"
  role_name                     = "${var.name_prefix}smtp-scheduler"
  policy                        = templatefile("${path.module}/policies/smtp-scheduler.json", local.policy_values)
  failure_queue_arn             = local.queue_arns.parking
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  partition                     = local.partition
  region                        = local.region
  account_id                    = local.account_id
  tags                          = var.tags

  schedules = {
    for name, schedule in { for name, definition in local.function_definitions : name => definition.schedule if can(definition.schedule) } :
    schedule.name => {
      description  = schedule.description
      expression   = local.schedule_expressions[schedule.name]
      function_arn = module.functions[name].arn
    }
  }
}

module "sending_events" {
  source = "./modules/topic-queue"

  name                       = local.queue_names.sending_events
  topic_arns                 = { sends = module.notifications.topic_arns["sends"] }
  visibility_timeout_seconds = 6 * local.function_definitions["smtp-email-validator"].timeout_seconds
  parking_queue_arn          = module.dead_letters.parking_queue_arn
  redrive_principals         = local.redrive_principals
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "feedback" {
  source = "./modules/topic-queue"

  name                       = local.queue_names.feedback
  topic_arns                 = { for topic in ["sends", "deliveries", "bounces", "complaints", "rejects"] : topic => module.notifications.topic_arns[topic] }
  visibility_timeout_seconds = 6 * local.function_definitions["smtp-feedback-processor"].timeout_seconds
  parking_queue_arn          = module.dead_letters.parking_queue_arn
  redrive_principals         = local.redrive_principals
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}
