# What programs must know to work with this deployment, and no secret: src/deployment/deployment.ts reads it. The local stack writes the
# same attributes to .sesame/local.json (local/describe-local-deployment.ts).

locals {
  # As in package.json, which a test compares.
  version = "0.1.0"

  # Two deployments of one account have two prefixes: src/deployment/deployment-name.ts. A prefix ends in a dash, which the name leaves out.
  deployment_parameter_name = var.name_prefix == "" ? "/sesame/deployment" : "/sesame/${trimsuffix(var.name_prefix, "-")}/deployment"

  # URLs and ARNs are built from names, as in names.tf, so that a plan shows all of it.
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
      functions              = [for service in keys(local.functions) : "${var.name_prefix}${service}"]
      logGroups              = { for service in keys(local.functions) : service => "/aws/lambda/${var.name_prefix}${service}" }
    },
    var.event_log ? { eventLogGroup = "/aws/events/${var.name_prefix}smtp-mails" } : {},
  )
}

resource "aws_ssm_parameter" "deployment" {
  # checkov:skip=CKV2_AWS_34:It holds names and addresses, no secret, and everybody who may read it should read it without a key.
  # checkov:skip=CKV_AWS_337:A key would keep from people what is no secret, and cost a dollar a month.
  name        = local.deployment_parameter_name
  description = "What programs must know to work with this deployment of Sesame: names and addresses, no secret"
  type        = "String"
  tier        = "Standard"
  tags        = var.tags

  # "Insecure" is what a plan may show.
  insecure_value = jsonencode(local.deployment)

  # A program that finds the description finds what it describes.
  depends_on = [module.functions, module.ses, module.observability]
}
