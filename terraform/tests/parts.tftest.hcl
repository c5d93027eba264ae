# The parts around the functions.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  partition  = "aws"
  region     = "eu-west-1"
  account_id = "123456789012"
}

run "dead_letters" {
  command = plan
  module {
    source = "./modules/dead-letters"
  }
  variables {
    dead_letters_name          = "d"
    parking_name               = "p"
    redriving_queue_names      = ["v"]
    visibility_timeout_seconds = 360
  }
  assert {
    condition     = aws_sqs_queue.dead_letters.visibility_timeout_seconds == 360 && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600 && aws_sqs_queue.parking.message_retention_seconds == 1209600
    error_message = "Messages wait as long as SQS keeps any."
  }
  assert {
    condition     = aws_sqs_queue.dead_letters.sqs_managed_sse_enabled && aws_sqs_queue.parking.sqs_managed_sse_enabled
    error_message = "Both queues are encrypted."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.parking.redrive_allow_policy).sourceQueueArns == ["arn:aws:sqs:eu-west-1:123456789012:d", "arn:aws:sqs:eu-west-1:123456789012:v"]
    error_message = "Only our queues end in the parking queue."
  }
  assert {
    condition     = alltrue([for queue, policy in aws_sqs_queue_policy.this : jsondecode(policy.policy).Statement[0].Effect == "Deny" && jsondecode(policy.policy).Statement[0].Resource == "arn:aws:sqs:eu-west-1:123456789012:${queue}"])
    error_message = "Nobody comes without TLS."
  }
}

run "verifications" {
  command = plan
  module {
    source = "./modules/verifications"
  }
  variables {
    queue_name                 = "v"
    rule_name                  = "r"
    event_bus_name             = "bus"
    table_name                 = "mail"
    delay_seconds              = 15
    visibility_timeout_seconds = 720
    parking_queue_arn          = "arn:aws:sqs:eu-west-1:123456789012:p"
  }
  assert {
    condition     = aws_sqs_queue.this.delay_seconds == 15 && aws_sqs_queue.this.visibility_timeout_seconds == 720 && aws_sqs_queue.this.sqs_managed_sse_enabled
    error_message = "A new key rests before its first login."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:p", maxReceiveCount = 5 }
    error_message = "After five tries a message is parked."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.this.event_bus_name == "bus" && aws_cloudwatch_event_target.this.event_bus_name == "bus"
    error_message = "Rule and target stand on the bus that the functions publish to."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.table == ["mail"]
    error_message = "Another deployment's events are not ours."
  }
}

run "topic_queue" {
  command = plan
  module {
    source = "./modules/topic-queue"
  }
  variables {
    name                       = "q"
    topic_arns                 = { sends = "arn:aws:sns:eu-west-1:123456789012:smtp-sends" }
    visibility_timeout_seconds = 360
    parking_queue_arn          = "arn:aws:sqs:eu-west-1:123456789012:p"
    redrive_principals         = ["arn:aws:iam::123456789012:role/smtp-operator"]
  }
  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 360 && jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "After five tries a message is parked."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == ["arn:aws:sns:eu-west-1:123456789012:smtp-sends"]
    error_message = "These topics may send, and nobody else."
  }
  assert {
    condition     = aws_sns_topic_subscription.this["sends"].endpoint == "arn:aws:sqs:eu-west-1:123456789012:q" && aws_sns_topic_subscription.this["sends"].protocol == "sqs"
    error_message = "The queue gets what the topic publishes."
  }
}

run "exposed_keys" {
  command = plan
  module {
    source = "./modules/exposed-keys"
  }
  variables {
    rule_name   = "sesame-exposed-keys"
    role_name   = "smtp-health-forwarder"
    policy      = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    sweeper_arn = "arn:aws:lambda:eu-west-1:123456789012:function:smtp-credential-sweeper"
  }
  assert {
    condition     = { for key, rule in aws_cloudwatch_event_rule.forward : key => rule.region } == { primary = "us-east-1", backup = "us-west-2" }
    error_message = "Health sends events of IAM to us-east-1, and to its backup."
  }
  assert {
    condition     = alltrue([for target in values(aws_cloudwatch_event_target.forward) : target.arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"])
    error_message = "Forwarded to the deployment's Region."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.sweep.event_pattern) == jsondecode(aws_cloudwatch_event_rule.forward["primary"].event_pattern) && jsondecode(aws_cloudwatch_event_rule.sweep.event_pattern).source == ["aws.health"]
    error_message = "The same events everywhere."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.sweep.input) == { reads = "all" }
    error_message = "A full sweep."
  }
  assert {
    condition     = aws_iam_role_policy.forward.policy == var.policy
    error_message = "The role may do what it is told, and nothing else."
  }
}

run "exposed_keys_where_health_sends_them" {
  command = plan
  module {
    source = "./modules/exposed-keys"
  }
  variables {
    rule_name   = "sesame-exposed-keys"
    role_name   = "smtp-health-forwarder"
    policy      = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    sweeper_arn = "arn:aws:lambda:us-east-1:123456789012:function:smtp-credential-sweeper"
    region      = "us-east-1"
  }
  assert {
    condition     = { for key, rule in aws_cloudwatch_event_rule.forward : key => rule.state } == { primary = "DISABLED", backup = "ENABLED" } && aws_cloudwatch_event_target.forward["primary"].arn == var.sweeper_arn
    error_message = "A Region doesn't forward to itself."
  }
}

run "schedules" {
  command = plan
  module {
    source = "./modules/schedules"
  }
  variables {
    group_name        = "g"
    role_name         = "s"
    failure_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:p"
    policy            = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    schedules = {
      sweep = { description = "sweeps", expression = "rate(1 day)", function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" }
    }
  }
  assert {
    condition     = aws_scheduler_schedule.this["sweep"].schedule_expression == "rate(1 day)" && aws_scheduler_schedule.this["sweep"].group_name == "g"
    error_message = "As asked, in the group."
  }
  assert {
    condition     = aws_scheduler_schedule.this["sweep"].target[0].input == "{\"id\":\"<aws.scheduler.execution-id>\",\"time\":\"<aws.scheduler.scheduled-time>\"}"
    error_message = "Scheduler's keywords stand as they are, not escaped."
  }
  assert {
    condition     = aws_iam_role_policy.this.policy == var.policy
    error_message = "The role may do what it is told, and nothing else."
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceArn"] == "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/g"
    error_message = "Scheduler takes on the role for this group only."
  }
}

run "notifications" {
  command = plan
  module {
    source = "./modules/notifications"
  }
  variables {
    name_prefix            = "team-"
    configuration_set_name = "team-smtp"
    alert_emails           = ["a@example.com", "b@example.com"]
  }
  assert {
    condition     = [for topic in values(aws_sns_topic.this) : topic.name] == ["team-smtp-alerts", "team-smtp-bounces", "team-smtp-complaints", "team-smtp-deliveries", "team-smtp-rejects", "team-smtp-sends"]
    error_message = "Six topics."
  }
  assert {
    condition = jsondecode(aws_sns_topic_policy.this["bounces"].policy).Statement[0] == {
      Sid       = "PublishForThisDeployment"
      Effect    = "Allow"
      Principal = { Service = "ses.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-west-1:123456789012:team-smtp-bounces"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ses:eu-west-1:123456789012:configuration-set/team-smtp" }
      }
    }
    error_message = "SES publishes for this configuration set only."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this["alerts"].policy).Statement[0].Principal.Service == "cloudwatch.amazonaws.com"
    error_message = "Alarms publish alerts."
  }
  assert {
    condition     = alltrue([for policy in values(aws_sns_topic_policy.this) : length([for statement in jsondecode(policy.policy).Statement : statement if statement.Effect == "Allow"]) == 1])
    error_message = "Nobody else publishes."
  }
  assert {
    condition     = toset([for subscription in values(aws_sns_topic_subscription.alerts) : subscription.endpoint]) == toset(["a@example.com", "b@example.com"]) && alltrue([for topic in values(aws_sns_topic.this) : topic.kms_master_key_id == null])
    error_message = "Each address is subscribed; without a key SNS encrypts by its own."
  }
}

run "notifications_with_a_key" {
  command = plan
  module {
    source = "./modules/notifications"
  }
  variables {
    configuration_set_name = "smtp"
    kms_key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/0"
  }
  assert {
    condition     = alltrue([for topic in values(aws_sns_topic.this) : topic.kms_master_key_id == "arn:aws:kms:eu-west-1:123456789012:key/0"])
    error_message = "All topics use the key."
  }
  assert {
    condition     = jsondecode(output.kms_key_policy_statement).Principal.Service == ["cloudwatch.amazonaws.com", "ses.amazonaws.com"]
    error_message = "The key's policy has to let both use it."
  }
}

run "ses" {
  command = plan
  module {
    source = "./modules/ses"
  }
  variables {
    configuration_set_name = "smtp"
    publish_to_event_bus   = true
    publish_metrics        = true
    topic_arns             = { sends = "arn:s", deliveries = "arn:d", bounces = "arn:b", complaints = "arn:c", rejects = "arn:r" }
    domains                = { "example.com" = { create_identity = true, mail_from_domain = "bounce.example.com" } }
  }
  assert {
    condition     = aws_sesv2_email_identity.this["example.com"].configuration_set_name == "smtp"
    error_message = "The configuration set is the identity's default, since SMTP clients name none."
  }
  assert {
    condition     = aws_sesv2_configuration_set.this.delivery_options[0].tls_policy == "REQUIRE" && toset(aws_sesv2_configuration_set.this.suppression_options[0].suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"])
    error_message = "TLS or nothing; no second mail to who bounced or complained."
  }
  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this["example.com"].mail_from_domain == "bounce.example.com" && aws_sesv2_email_identity_mail_from_attributes.this["example.com"].behavior_on_mx_failure == "USE_DEFAULT_VALUE"
    error_message = "A custom MAIL FROM that doesn't stop mail while its DNS is missing."
  }
  assert {
    condition = { for name, destination in aws_sesv2_configuration_set_event_destination.topic : name => sort(destination.event_destination[0].matching_event_types) } == {
      bounces    = tolist(["BOUNCE"])
      complaints = tolist(["COMPLAINT"])
      deliveries = tolist(["DELIVERY"])
      rejects    = tolist(["REJECT", "RENDERING_FAILURE"])
      sends      = tolist(["SEND"])
    }
    error_message = "Each topic gets its events."
  }
  assert {
    condition     = aws_sesv2_configuration_set_event_destination.event_bus[0].event_destination[0].event_bridge_destination[0].event_bus_arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    error_message = "SES knows the default bus only."
  }
  assert {
    condition     = !contains(aws_sesv2_configuration_set_event_destination.event_bus[0].event_destination[0].matching_event_types, "OPEN") && length(aws_sesv2_configuration_set_event_destination.metrics) == 1
    error_message = "Readers are not spied on."
  }
}

run "ses_with_an_identity_of_somebody_else" {
  command = plan
  module {
    source = "./modules/ses"
  }
  variables {
    configuration_set_name = "smtp"
    tls_required           = false
    publish_to_event_bus   = false
    publish_metrics        = false
    topic_arns             = { sends = "arn:s", deliveries = "arn:d", bounces = "arn:b", complaints = "arn:c", rejects = "arn:r" }
    domains                = { "example.com" = { create_identity = false, mail_from_domain = "" } }
  }
  override_data {
    target = data.aws_sesv2_email_identity.this
    values = { configuration_set_name = "another", email_identity = "example.com", dkim_signing_attributes = [{ tokens = ["a", "b", "c"] }] }
  }
  override_data {
    target = data.aws_ses_domain_identity.this
    values = { verification_token = "" }
  }
  assert {
    condition     = length(aws_sesv2_email_identity.this) == 0 && length(aws_ses_domain_identity.this) == 0 && length(aws_sesv2_email_identity_mail_from_attributes.this) == 0
    error_message = "The identity is read and not touched."
  }
  assert {
    condition     = output.identities["example.com"].verification_token == "" && output.identities["example.com"].signing_hosted_zone == "" && output.identities["example.com"].dkim_tokens == tolist(["a", "b", "c"])
    error_message = "Its tokens are SES's."
  }
  assert {
    condition     = aws_sesv2_configuration_set.this.delivery_options[0].tls_policy == "OPTIONAL" && length(aws_sesv2_configuration_set_event_destination.event_bus) + length(aws_sesv2_configuration_set_event_destination.metrics) == 0
    error_message = "What is off leaves no trace."
  }
  expect_failures = [check.external_identities]
}

run "ses_with_an_identity_that_has_no_default_set" {
  command = plan
  module {
    source = "./modules/ses"
  }
  variables {
    configuration_set_name = "smtp"
    publish_to_event_bus   = false
    publish_metrics        = false
    topic_arns             = { sends = "arn:s", deliveries = "arn:d", bounces = "arn:b", complaints = "arn:c", rejects = "arn:r" }
    domains                = { "example.com" = { create_identity = false, mail_from_domain = "bounce.example.com" } }
  }
  override_data {
    target = data.aws_sesv2_email_identity.this
    values = { configuration_set_name = null, email_identity = "example.com", dkim_signing_attributes = [{ tokens = ["a", "b", "c"] }] }
  }
  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this["example.com"].email_identity == "example.com"
    error_message = "MAIL FROM is set by the identity's name, whenever the identity is read."
  }
  expect_failures = [check.external_identities]
}

run "an_identity_with_a_key_of_its_owner" {
  command = plan
  variables {
    table_name  = "mail"
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    domains     = { "example.com" = { create_identity = false } }
  }
  override_data {
    target = module.ses.data.aws_sesv2_email_identity.this
    values = { configuration_set_name = "smtp", email_identity = "example.com", dkim_signing_attributes = [{ tokens = ["selector"] }] }
  }
  assert {
    condition     = length(output.dkim_records) == 0
    error_message = "Its DKIM record is its owner's."
  }
  assert {
    condition     = length(output.mail_from_records) == 0
    error_message = "Its MAIL FROM stays as it is."
  }
}

run "dkim_domain_of_a_newer_region" {
  command = plan
  module {
    source = "./modules/dns-records"
  }
  variables {
    region = "eu-south-1"
    domains = {
      "example.com" = {
        created                  = false
        verification_token       = ""
        dkim_tokens              = ["a", "b", "c"]
        dkim_signing_hosted_zone = ""
        mail_from_domain         = ""
        dmarc_policy             = "none"
        dmarc_report_address     = "d@example.com"
        tls_report_address       = "t@example.com"
        mta_sts                  = { mode = "none", mx = [], max_age_seconds = 86400 }
      }
    }
  }
  assert {
    condition     = output.dkim[*].value == ["a.dkim.eu-south-1.amazonses.com", "b.dkim.eu-south-1.amazonses.com", "c.dkim.eu-south-1.amazonses.com"]
    error_message = "Some Regions sign under a domain of their own."
  }
  assert {
    condition     = output.verification == [] && output.mail_from == []
    error_message = "No record without a value."
  }
}

run "audit" {
  command = plan
  module {
    source = "./modules/audit"
  }
  variables {
    trail_name  = "t"
    bucket_name = "b"
    table_arn   = "arn:aws:dynamodb:eu-west-1:123456789012:table/mail"
  }
  assert {
    condition     = aws_cloudtrail.this.is_multi_region_trail && aws_cloudtrail.this.include_global_service_events && aws_cloudtrail.this.enable_log_file_validation
    error_message = "Calls to IAM are in it, and a changed file shows."
  }
  assert {
    condition     = contains([for selector in aws_cloudtrail.this.advanced_event_selector[1].field_selector : "${selector.field}=${selector.equals[0]}"], "resources.ARN=arn:aws:dynamodb:eu-west-1:123456789012:table/mail") && contains([for selector in aws_cloudtrail.this.advanced_event_selector[1].field_selector : "${selector.field}=${selector.equals[0]}"], "readOnly=false")
    error_message = "Writes to this table, and no other."
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 365
    error_message = "Nobody from outside, no silent overwrite, an end."
  }
}

run "audit_with_reads" {
  command = plan
  module {
    source = "./modules/audit"
  }
  variables {
    trail_name  = "t"
    bucket_name = "b"
    table_arn   = "arn:t"
    with_reads  = true
  }
  assert {
    condition     = !contains([for selector in aws_cloudtrail.this.advanced_event_selector[1].field_selector : selector.field], "readOnly")
    error_message = "Reads are recorded as well."
  }
}

run "admin_roles" {
  command = plan
  module {
    source = "./modules/admin-roles"
  }
  variables {
    principals = {
      viewer        = ["arn:aws:iam::123456789012:root"]
      operator      = ["arn:aws:iam::123456789012:role/admins"]
      secret-reader = ["arn:aws:iam::123456789012:role/keepers"]
    }
    policies = { viewer = "{}", operator = "{}", secret-reader = "{}" }
  }
  assert {
    condition     = keys(aws_iam_role.this) == ["operator", "secret-reader", "viewer"] && aws_iam_role.this["secret-reader"].max_session_duration == 3600
    error_message = "Three roles; passwords for an hour."
  }
  assert {
    condition     = alltrue([for name, role in aws_iam_role.this : jsondecode(role.assume_role_policy).Statement[0].Principal.AWS == [var.principals[name][0]] && jsondecode(role.assume_role_policy).Statement[0].Condition.Bool["aws:MultiFactorAuthPresent"] == "true"])
    error_message = "Each only for those named for it, with a second factor."
  }
}

run "no_secret_reader_unless_named" {
  command = plan
  module {
    source = "./modules/admin-roles"
  }
  variables {
    principals  = { operator = ["arn:aws:iam::123456789012:role/admins"] }
    require_mfa = false
    policies    = { viewer = "{}", operator = "{}", secret-reader = "{}" }
  }
  assert {
    condition     = keys(aws_iam_role.this) == ["operator"] && keys(aws_iam_role_policy.this) == ["operator"]
    error_message = "A role without principals isn't made."
  }
  assert {
    condition     = alltrue([for role in values(aws_iam_role.this) : !can(jsondecode(role.assume_role_policy).Statement[0].Condition)])
    error_message = "The second factor can be left to the identity provider."
  }
}

run "mta_sts" {
  command = plan
  module {
    source = "./modules/mta-sts"
  }
  variables {
    domain            = "example.com"
    policy_text       = "version: STSv1\r\n"
    certificate_ready = true
  }
  assert {
    condition     = aws_acm_certificate.this.region == "us-east-1" && aws_acm_certificate.this.domain_name == "mta-sts.example.com"
    error_message = "CloudFront takes certificates of us-east-1."
  }
  assert {
    condition     = aws_cloudfront_distribution.this[0].aliases == toset(["mta-sts.example.com"]) && aws_cloudfront_distribution.this[0].viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021"
    error_message = "Senders ask for exactly this host, by TLS 1.2 or newer."
  }
  assert {
    condition     = aws_s3_object.policy.key == ".well-known/mta-sts.txt" && startswith(aws_s3_object.policy.content_type, "text/plain") && aws_s3_bucket_public_access_block.this.block_public_policy
    error_message = "RFC 8461's path and type; the bucket itself is not public."
  }
}

run "admin_api" {
  command = plan
  module {
    source = "./modules/admin-api"
  }
  override_resource {
    target          = aws_apigatewayv2_api.this
    override_during = plan
    values          = { id = "a", execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:a" }
  }
  variables {
    name               = "team-api"
    role_names         = { operator = "team-smtp-operator" }
    throttling         = { burst = 4, rate = 2 }
    log_retention_days = 30
    log_kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    functions = {
      many = {
        arn  = "arn:aws:lambda:eu-west-1:123456789012:function:many"
        name = "many"
        routes = {
          "GET /v1/things"             = ["viewer", "operator"]
          "DELETE /v1/things/{name}"   = ["operator"]
          "GET /v1/things/{name}/{id}" = ["viewer"]
        }
      }
      one = {
        arn    = "arn:aws:lambda:eu-west-1:123456789012:function:one"
        name   = "one"
        routes = { "POST /v1/things/{name}/show" = ["secret-reader"] }
      }
    }
  }
  assert {
    condition     = toset(keys(aws_apigatewayv2_route.this)) == toset(["GET /v1/things", "DELETE /v1/things/{name}", "GET /v1/things/{name}/{id}", "POST /v1/things/{name}/show"]) && alltrue([for route in values(aws_apigatewayv2_route.this) : route.authorization_type == "AWS_IAM"])
    error_message = "Explicit routes only, none without IAM."
  }
  assert {
    condition     = aws_lambda_permission.this["many"].source_arn == "arn:aws:execute-api:eu-west-1:123456789012:a/$default/*/v1/*" && aws_lambda_permission.this["one"].source_arn == "arn:aws:execute-api:eu-west-1:123456789012:a/$default/POST/v1/things/*/show"
    error_message = "API Gateway calls a function for this API only."
  }
  assert {
    condition = { for set, policy in aws_iam_policy.this : set => jsondecode(policy.policy).Statement[0].Resource } == {
      viewer        = ["arn:aws:execute-api:eu-west-1:123456789012:a/$default/GET/v1/things", "arn:aws:execute-api:eu-west-1:123456789012:a/$default/GET/v1/things/*/*"]
      operator      = ["arn:aws:execute-api:eu-west-1:123456789012:a/$default/DELETE/v1/things/*", "arn:aws:execute-api:eu-west-1:123456789012:a/$default/GET/v1/things"]
      secret-reader = ["arn:aws:execute-api:eu-west-1:123456789012:a/$default/POST/v1/things/*/show"]
    }
    error_message = "Each policy has the routes of its set."
  }
  assert {
    condition     = { for set, attachment in aws_iam_role_policy_attachment.this : set => attachment.role } == { operator = "team-smtp-operator" }
    error_message = "Roles that exist get the policy of their set."
  }
  assert {
    condition     = aws_cloudwatch_log_group.access.retention_in_days == 30 && aws_cloudwatch_log_group.access.kms_key_id != null && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 4
    error_message = "The log forgets, and is encrypted as told; the stage is throttled."
  }
}
