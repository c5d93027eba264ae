# The functions: what each is, what it is told, what calls it.

locals {
  functions_directory = var.functions_directory == "" ? "${path.module}/../dist/functions" : var.functions_directory

  # The settings of every function that reconciles: src/functions/runtime/reconcile-env.ts.
  reconcile_environment = {
    TABLE_NAME               = var.table_name
    KMS_KEY_ARN              = var.kms_key_arn
    SES_REGION               = local.region
    DEAD_LETTER_QUEUE_URL    = module.dead_letters.dead_letter_queue_url
    PERMISSIONS_BOUNDARY_ARN = local.permissions_boundary_arn
    PREVIOUS_TABLE_NAMES     = join(",", var.previous_table_names)
    MANAGE_USERS_OF_0_1      = var.manage_users_of_0_1 ? "on" : "off"
    USER_TAGS                = jsonencode(var.user_tags)
    CONFIGURATION_SET        = local.configuration_set_name
    EVENT_BUS_NAME           = var.event_bus_name
    RECEIVING_RULES          = var.receiving_rules
    RECEIVING_RULE_PK        = var.receiving_rule_keys.pk
    RECEIVING_RULE_SK        = var.receiving_rule_keys.sk
    DAY_SECONDS              = "86400"
    CLAIM_LEASE_SECONDS      = "90"
    IAM_PROPAGATION_SECONDS  = "300"
    LOG_LEVEL                = var.log_level
    TRACING                  = var.tracing ? "on" : "off"
  }

  # The settings of every function that alerts people: src/functions/runtime/alert-env.ts.
  alert_environment = {
    ALERTS_TOPIC_ARN     = local.policy_values.alerts_topic_arn
    EXPIRY_ATTRIBUTE     = module.table_stream.expiry_attribute
    ALERT_WINDOW_SECONDS = "86400"
  }

  # The settings of both functions that read SES's events: src/functions/runtime/sending-env.ts.
  sending_environment = merge(local.alert_environment, {
    TABLE_NAME           = var.table_name
    PARKING_QUEUE_URL    = module.dead_letters.parking_queue_url
    EVENT_BUS_NAME       = var.event_bus_name
    RECORD_CACHE_SECONDS = "60"
    LOG_LEVEL            = var.log_level
    TRACING              = var.tracing ? "on" : "off"
  })

  # What violations call for: the validator acts on it, and the feedback processor before it ends a suspension.
  violation_environment = {
    VALIDATOR_MODE           = var.validator.mode
    SUSPEND_AFTER_VIOLATIONS = tostring(var.validator.suspend_after_violations)
    VIOLATION_WINDOW         = var.validator.violation_window
  }

  # Small, but enough: what the function holds at most was measured on the local stack.
  memory_megabytes = {
    smtp-credential-manager = 192
  }
  timeout_seconds = {
    smtp-credential-manager  = 60
    smtp-credential-rotator  = 300
    smtp-credential-verifier = 120
    smtp-dlq-processor       = 60
    smtp-credential-sweeper  = 900
    smtp-email-validator     = 60
    smtp-feedback-processor  = 60
  }

  functions = {
    smtp-credential-manager = {
      description  = "Makes IAM as the credentials' records say"
      is_scheduled = false
      environment  = local.reconcile_environment
    }
    smtp-credential-rotator = {
      description  = "Gives credentials new keys when they are due, and switches off those whose time is over"
      is_scheduled = true
      environment  = merge(local.reconcile_environment, local.alert_environment)
    }
    smtp-credential-verifier = {
      description  = "Logs in with new keys, to see that they work"
      is_scheduled = false
      environment = {
        TABLE_NAME             = var.table_name
        PREVIOUS_TABLE_NAMES   = join(",", var.previous_table_names)
        KMS_KEY_ARN            = var.kms_key_arn
        SES_REGION             = local.region
        VERIFICATION_QUEUE_URL = module.verifications.queue_url
        # Empty: the Region's own endpoint, with the certificates that the system trusts.
        SMTP_HOST                = var.smtp_host
        SMTP_PORT                = "465"
        SMTP_CA_PEM              = ""
        LOGIN_SUCCESSES          = tostring(var.verification.successes)
        LOGIN_PAUSE_MILLISECONDS = tostring(var.verification.pause_milliseconds)
        VERIFICATION_SECONDS     = tostring(var.verification.limit_seconds)
        SECOND_TRY_SECONDS       = "45"
        EVENT_BUS_NAME           = var.event_bus_name
        LOG_LEVEL                = var.log_level
        TRACING                  = var.tracing ? "on" : "off"
      }
    }
    smtp-dlq-processor = {
      description  = "Tries again what failed, and parks what nothing cures"
      is_scheduled = false
      environment = merge(local.reconcile_environment, {
        PARKING_QUEUE_URL     = module.dead_letters.parking_queue_url
        MAX_TRIES             = "8"
        BACKOFF_BASE_SECONDS  = "10"
        BACKOFF_LIMIT_SECONDS = "900"
        FUNCTION_NAMES        = "${var.name_prefix}smtp-credential-rotator,${var.name_prefix}smtp-credential-sweeper"
      })
    }
    smtp-credential-sweeper = {
      description  = "Compares table and IAM, mends what differs or reports it"
      is_scheduled = true
      environment = merge(local.reconcile_environment, {
        IAM_READS_PER_SECOND = "25"
        SETTLE_SECONDS       = "30"
      })
    }
    smtp-email-validator = {
      description  = "Compares the senders of mails with what their credentials allow"
      is_scheduled = false
      environment = merge(local.sending_environment, local.violation_environment, {
        SES_REGION        = local.region
        CONFIGURATION_SET = local.configuration_set_name
        SETTLE_SECONDS    = "60"
      })
    }
    smtp-feedback-processor = {
      description  = "Counts bounces and complaints of each credential, and suspends what has too many"
      is_scheduled = true
      environment = merge(local.sending_environment, local.violation_environment, {
        FEEDBACK_MODE             = var.feedback.mode
        SUPPRESSION_LIST          = var.feedback.suppression_list ? "on" : "off"
        BOUNCE_WARN_PERCENT       = tostring(var.feedback.bounce_warn_percent)
        BOUNCE_SUSPEND_PERCENT    = tostring(var.feedback.bounce_suspend_percent)
        BOUNCE_MINIMUM_SENDS      = tostring(var.feedback.bounce_minimum_sends)
        BOUNCE_MINIMUM_COUNT      = tostring(var.feedback.bounce_minimum_count)
        COMPLAINT_WARN_PERCENT    = tostring(var.feedback.complaint_warn_percent)
        COMPLAINT_SUSPEND_PERCENT = tostring(var.feedback.complaint_suspend_percent)
        COMPLAINT_MINIMUM_SENDS   = tostring(var.feedback.complaint_minimum_sends)
        COMPLAINT_MINIMUM_COUNT   = tostring(var.feedback.complaint_minimum_count)
      })
    }
  }

  publishes_alerts = ["smtp-credential-rotator", "smtp-email-validator", "smtp-feedback-processor"]

  # What several roles share stands in one file, which the local stack reads as well: local/policy/read-role-policy.ts.
  reconciling_functions = ["smtp-credential-manager", "smtp-credential-rotator", "smtp-credential-sweeper", "smtp-dlq-processor"]
  function_policy_values = {
    for name in keys(local.functions) : name => merge(local.policy_values, {
      log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/lambda/${var.name_prefix}${name}"
    })
  }
  function_policies = {
    for name, values in local.function_policy_values : name => jsonencode({
      Version = "2012-10-17"
      Statement = flatten([
        for file in concat([name], contains(local.reconciling_functions, name) ? ["reconcile-statements"] : []) :
        jsondecode(templatefile("${path.module}/policies/${file}.json", values)).Statement
      ])
    })
  }

  # A record matches by its keys only: everything else in the table is somebody else's.
  stream_sources = {
    smtp-credential-manager = {
      table = {
        arn     = module.table_stream.stream_arn
        filters = [jsonencode({ dynamodb = { Keys = { PK = { S = ["SMTP_USER"] } } } })]
      }
    }
  }
  queue_sources = {
    smtp-credential-verifier = { verifications = { arn = module.verifications.queue_arn } }
    smtp-dlq-processor       = { dead-letters = { arn = module.dead_letters.dead_letter_queue_arn } }
    # Large batches make counting cheap: events of one credential are counted with one write.
    smtp-email-validator    = { sending-events = { arn = module.sending_events.queue_arn, maximum_concurrency = 5, batch_size = 1000, batching_window_seconds = 2 } }
    smtp-feedback-processor = { feedback = { arn = module.feedback.queue_arn, maximum_concurrency = 5, batch_size = 1000, batching_window_seconds = 2 } }
  }
}

module "functions" {
  source   = "./modules/function"
  for_each = local.functions

  name             = "${var.name_prefix}${each.key}"
  description      = each.value.description
  zip_file         = "${local.functions_directory}/${each.key}.zip"
  memory_megabytes = lookup(local.memory_megabytes, each.key, 256)
  timeout_seconds  = local.timeout_seconds[each.key]
  environment      = each.value.environment
  is_scheduled     = each.value.is_scheduled
  # The next run of a schedule is the retry of one that failed.
  maximum_retry_attempts = contains(["smtp-credential-rotator", "smtp-credential-sweeper"], each.key) ? 0 : 2
  streams                = lookup(local.stream_sources, each.key, {})
  queues                 = lookup(local.queue_sources, each.key, {})
  # What ends suspensions stands for no record, so that a person has to look at it.
  failure_queue_arn             = each.key == "smtp-feedback-processor" ? module.dead_letters.parking_queue_arn : module.dead_letters.dead_letter_queue_arn
  additional_statements         = concat(local.table_key_statements, contains(local.publishes_alerts, each.key) ? local.topics_key_statements : [])
  reserved_concurrency          = lookup(var.reserved_concurrency, each.key, -1)
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  log_level                     = var.log_level
  log_retention_days            = var.log_retention_days
  log_kms_key_arn               = var.log_kms_key_arn
  tracing                       = var.tracing
  tags                          = var.tags

  policy = local.function_policies[each.key]
}

module "dead_letters" {
  source = "./modules/dead-letters"

  dead_letters_name          = local.queue_names.dead_letters
  parking_name               = local.queue_names.parking
  redriving_queue_names      = [local.queue_names.verifications, local.queue_names.sending_events, local.queue_names.feedback]
  visibility_timeout_seconds = 6 * local.timeout_seconds["smtp-dlq-processor"]
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "verifications" {
  source = "./modules/verifications"

  queue_name                 = local.queue_names.verifications
  rule_name                  = "${var.name_prefix}sesame-verifications"
  event_bus_name             = var.event_bus_name
  table_name                 = var.table_name
  delay_seconds              = var.verification.delay_seconds
  visibility_timeout_seconds = 6 * local.timeout_seconds["smtp-credential-verifier"]
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
  failure_queue_arn             = local.queue_arns.parking
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  partition                     = local.partition
  region                        = local.region
  account_id                    = local.account_id
  tags                          = var.tags

  schedules = {
    rotation = {
      description  = "Looks at rotations"
      expression   = var.rotation_schedule
      function_arn = module.functions["smtp-credential-rotator"].arn
    }
    suspensions = {
      description  = "Looks for suspensions that are over"
      expression   = var.suspension_schedule
      function_arn = module.functions["smtp-feedback-processor"].arn
    }
    sweep = {
      description  = "Compares table and IAM"
      expression   = var.sweep_schedule
      function_arn = module.functions["smtp-credential-sweeper"].arn
    }
  }
}

module "sending_events" {
  source = "./modules/topic-queue"

  name                       = local.queue_names.sending_events
  topic_arns                 = { sends = module.notifications.topic_arns["sends"] }
  visibility_timeout_seconds = 6 * local.timeout_seconds["smtp-email-validator"]
  parking_queue_arn          = module.dead_letters.parking_queue_arn
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "feedback" {
  source = "./modules/topic-queue"

  name                       = local.queue_names.feedback
  topic_arns                 = { for topic in ["sends", "deliveries", "bounces", "complaints", "rejects"] : topic => module.notifications.topic_arns[topic] }
  visibility_timeout_seconds = 6 * local.timeout_seconds["smtp-feedback-processor"]
  parking_queue_arn          = module.dead_letters.parking_queue_arn
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}
