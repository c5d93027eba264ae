module "observability" {
  source = "./modules/observability"

  name_prefix                = var.name_prefix
  function_names             = { for service in keys(local.function_definitions) : service => "${var.name_prefix}${service}" }
  log_group_names            = { for service, function in module.functions : service => function.log_group_name }
  queue_names                = local.queue_names
  configuration_set_name     = local.configuration_set_name
  admin_api                  = [for api in module.admin_api : { id = api.id, access_log_name = api.access_log_name }]
  alerts_topic_arn           = module.notifications.topic_arns["alerts"]
  runbooks_url               = var.runbooks_url
  alarms                     = var.alarms
  thresholds                 = var.alarm_thresholds
  dashboard                  = var.dashboard
  event_log                  = var.event_log
  event_log_retention_days   = var.event_log_retention_days
  history_log                = var.history_log
  history_log_retention_days = var.history_log_retention_days
  table_name                 = var.table_name
  event_bus_name             = var.event_bus_name
  log_kms_key_arn            = var.log_kms_key_arn
  partition                  = local.partition
  region                     = local.region
  account_id                 = local.account_id
  tags                       = var.tags
}

module "audit" {
  source = "./modules/audit"
  count  = var.audit ? 1 : 0

  trail_name     = "${var.name_prefix}sesame"
  bucket_name    = "${var.name_prefix}sesame-audit-${local.account_id}-${local.region}"
  table_arn      = local.table_arn
  with_reads     = var.audit_options.with_reads
  retention_days = var.audit_options.retention_days
  partition      = local.partition
  region         = local.region
  account_id     = local.account_id
  tags           = var.tags
}
