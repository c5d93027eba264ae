# What programs need to know about this deployment, without secrets. src/deployment/deployment.ts reads it. The local stack writes
# the same attributes to .sesame/local.json (local/describe-local-deployment.ts).

locals {
  # The version in package.json; a test compares them.
  version = "0.1.0"

  # Deployments of one account have different prefixes: src/deployment/deployment-name.ts. The name omits the dash that ends a prefix.
  deployment_parameter_name = var.name_prefix == "" ? "/sesame/deployment" : "/sesame/${trimsuffix(var.name_prefix, "-")}/deployment"

  # URLs and ARNs are built from names, as in names.tf, so that a plan shows everything but the API's URL.
  queue_urls = { for queue, name in local.queue_names : queue => "https://sqs.${local.region}.amazonaws.com/${local.account_id}/${name}" }
  topic_arns = {
    for topic in ["sends", "deliveries", "bounces", "complaints", "rejects", "alerts"] :
    topic => "arn:${local.partition}:sns:${local.region}:${local.account_id}:${var.name_prefix}smtp-${topic}"
  }

  deployment = merge(
    {
      version                = local.version
      partition              = local.partition
      region                 = local.region
      accountId              = local.account_id
      namePrefix             = var.name_prefix
      table                  = var.table_name
      previousTableNames     = var.previous_table_names
      kmsKeyArn              = var.kms_key_arn
      deadLetterQueueUrl     = local.queue_urls.dead_letters
      parkingQueueUrl        = local.queue_urls.parking
      verificationQueueUrl   = local.queue_urls.verifications
      sendingEventsQueueUrl  = local.queue_urls.sending_events
      feedbackQueueUrl       = local.queue_urls.feedback
      eventBus               = var.event_bus_name
      configurationSet       = local.configuration_set_name
      permissionsBoundaryArn = local.permissions_boundary_arn
      topics                 = local.topic_arns
      smtp                   = { host = local.smtp_host, startTlsPort = 587, tlsPort = 465 }
      functions              = [for service in keys(local.function_definitions) : "${var.name_prefix}${service}"]
      logGroups              = { for service in keys(local.function_definitions) : service => "/aws/lambda/${var.name_prefix}${service}" }
    },
    # An API's id is known only after the apply.
    var.admin_api ? { api = { url = module.admin_api[0].url, accessLogGroup = module.admin_api[0].access_log_name } } : {},
    var.event_log ? { eventLogGroup = local.event_log_names.mails } : {},
    var.history_log ? { historyLogGroup = local.event_log_names.history } : {},
  )
}

resource "aws_ssm_parameter" "deployment" {
  # checkov:skip=CKV2_AWS_34:It holds names and addresses, no secret, and readers should need no key.
  # checkov:skip=CKV_AWS_337:It holds no secret, and a key would cost a dollar a month.
  name        = local.deployment_parameter_name
  description = "What programs must know to work with this deployment of Sesame: names and addresses, no secret"
  type        = "String"
  tier        = "Standard"
  tags        = var.tags

  # "insecure" means that a plan may show it.
  insecure_value = jsonencode(local.deployment)

  # The description is written last, so that everything in it exists.
  depends_on = [module.functions, module.ses, module.observability, module.admin_api]
}
