# The functions: what each is, what it is told, what calls it.

locals {
  functions_directory = var.functions_directory == "" ? "${path.module}/../dist/functions" : var.functions_directory

  # The settings of every function that reconciles: src/functions/reconcile-env.ts.
  reconcile_environment = {
    TABLE_NAME               = var.table_name
    KMS_KEY_ARN              = var.kms_key_arn
    SES_REGION               = local.region
    DEAD_LETTER_QUEUE_URL    = module.dead_letters.dead_letter_queue_url
    PERMISSIONS_BOUNDARY_ARN = local.permissions_boundary_arn
    CONFIGURATION_SET        = local.configuration_set_name
    EVENT_BUS_NAME           = var.event_bus_name
    RECEIVING_RULES          = var.receiving_rules
    RECEIVING_RULE_PK        = var.receiving_rule_keys.pk
    RECEIVING_RULE_SK        = var.receiving_rule_keys.sk
    DAY_SECONDS              = "86400"
    CLAIM_LEASE_SECONDS      = "90"
    LOG_LEVEL                = var.log_level
    TRACING                  = var.tracing ? "on" : "off"
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
  }

  functions = {
    smtp-credential-manager = {
      description  = "Makes IAM as the credentials' records say"
      is_scheduled = false
      environment  = local.reconcile_environment
    }
    smtp-credential-rotator = {
      description  = "Gives credentials new keys when they are due"
      is_scheduled = true
      environment  = local.reconcile_environment
    }
    smtp-credential-verifier = {
      description  = "Logs in with new keys, to see that they work"
      is_scheduled = false
      environment = {
        TABLE_NAME  = var.table_name
        KMS_KEY_ARN = var.kms_key_arn
        SES_REGION  = local.region
        # Empty: the Region's own endpoint, with the certificates that the system trusts.
        SMTP_HOST                = ""
        SMTP_PORT                = "465"
        SMTP_CA_PEM              = ""
        LOGIN_SUCCESSES          = tostring(var.verification.successes)
        LOGIN_PAUSE_MILLISECONDS = tostring(var.verification.pause_milliseconds)
        VERIFICATION_SECONDS     = tostring(var.verification.limit_seconds)
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
  }
}

module "functions" {
  source   = "./modules/function"
  for_each = local.functions

  name                          = "${var.name_prefix}${each.key}"
  description                   = each.value.description
  zip_file                      = "${local.functions_directory}/${each.key}.zip"
  memory_megabytes              = lookup(local.memory_megabytes, each.key, 256)
  timeout_seconds               = local.timeout_seconds[each.key]
  environment                   = each.value.environment
  is_scheduled                  = each.value.is_scheduled
  streams                       = lookup(local.stream_sources, each.key, {})
  queues                        = lookup(local.queue_sources, each.key, {})
  failure_queue_arn             = module.dead_letters.dead_letter_queue_arn
  reserved_concurrency          = lookup(var.reserved_concurrency, each.key, -1)
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  log_level                     = var.log_level
  log_retention_days            = var.log_retention_days
  log_kms_key_arn               = var.log_kms_key_arn
  tracing                       = var.tracing
  tags                          = var.tags

  policy = templatefile("${path.module}/policies/${each.key}.json", merge(local.policy_values, {
    log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/lambda/${var.name_prefix}${each.key}"
  }))
}

module "dead_letters" {
  source = "./modules/dead-letters"

  dead_letters_name          = local.queue_names.dead_letters
  parking_name               = local.queue_names.parking
  redriving_queue_names      = [local.queue_names.verifications]
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
    sweep = {
      description  = "Compares table and IAM"
      expression   = var.sweep_schedule
      function_arn = module.functions["smtp-credential-sweeper"].arn
    }
  }
}
