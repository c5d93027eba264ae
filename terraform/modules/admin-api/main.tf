# The admin API: an HTTP API whose every route needs IAM authorization, in front of two functions. Calls of an HTTP API are no events of
# CloudTrail, so the access log is the record of who called: docs/decisions/0011-access-log-is-the-record.md.

resource "aws_apigatewayv2_api" "this" {
  name                         = var.name
  description                  = "Admin API of Sesame"
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = false
  tags                         = var.tags
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = var.functions

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = each.value.arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000
}

# Explicit routes only: without a route $default, every other path is 404 before any function runs.
resource "aws_apigatewayv2_route" "this" {
  for_each = local.functions_of_routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value].id}"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true
  tags        = var.tags

  default_route_settings {
    throttling_burst_limit = var.throttling.burst
    throttling_rate_limit  = var.throttling.rate
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log_format)
  }
}

resource "aws_cloudwatch_log_group" "access" {
  # checkov:skip=CKV_AWS_338:The user sets the retention (log_retention_days); 90 days by default.
  # checkov:skip=CKV_AWS_158:The user chooses the key (log_kms_key_arn); without one, CloudWatch Logs encrypts with its own.
  # Below this prefix, log groups don't fill up the policy that lets AWS's services write logs.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  name              = "/aws/vendedlogs/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn == "" ? null : var.log_kms_key_arn
  tags              = var.tags
}

# API Gateway may call a function for the routes that it serves. For one route the ARN is exact; a list of many would be no narrower,
# because this API has no other routes.
resource "aws_lambda_permission" "this" {
  for_each = var.functions

  statement_id  = "${var.name}-calls"
  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  principal     = "apigateway.amazonaws.com"
  source_arn = "${aws_apigatewayv2_api.this.execution_arn}/$default/${
    length(each.value.routes) == 1 ? local.arn_endings[keys(each.value.routes)[0]] : "*/v1/*"
  }"
}

# What people and programs may call, to attach to roles and users: without one of these policies, nobody but the account's administrators
# can call anything.
resource "aws_iam_policy" "this" {
  for_each = local.route_sets

  name        = "${var.name}-${each.key}"
  path        = var.policy_path
  description = each.value
  tags        = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for sid, effect in { CallTheAdminApi = "Allow", NotTheRoutesBelow = "Deny" } : {
        Sid                                = sid
        Effect                             = effect
        Action                             = "execute-api:Invoke"
        Resource                           = [for ending in local.arn_endings_of_effects[effect][each.key] : "${aws_apigatewayv2_api.this.execution_arn}/$default/${ending}"]
      } if length(local.arn_endings_of_effects[effect][each.key]) > 0
    ]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.role_names

  role       = each.value
  policy_arn = aws_iam_policy.this[each.key].arn
}

locals {
  route_sets = {
    viewer        = "Admin API of Sesame: read everything but passwords, and change nothing"
    operator      = "Admin API of Sesame: read and change everything but passwords"
    secret-reader = "Admin API of Sesame: read credentials and their SMTP passwords"
  }

  functions_of_routes = merge([for name, function in var.functions : { for key in keys(function.routes) : key => name }]...)
  sets_of_routes      = merge([for function in values(var.functions) : function.routes]...)
  # GET /v1/credentials/{username} is GET/v1/credentials/* in the ARN. IAM's * stands for slashes, too.
  arn_endings = {
    for key in keys(local.sets_of_routes) : key => replace(replace(key, " ", ""), "/\\{\\w+\\}/", "*")
  }
  arn_endings_of_sets = {
    for set in keys(local.route_sets) :
    set => [for key, sets in local.sets_of_routes : local.arn_endings[key] if contains(sets, set)]
  }
  # In an ARN, "*" spans slashes: a set that has "/v1/credentials/{username}" would have every route below it as well.
  arn_endings_below_sets = {
    for set, endings in local.arn_endings_of_sets : set => [
      for ending in values(local.arn_endings) : ending if !contains(endings, ending) && anytrue([
        for allowed in endings : can(regex("^${replace(replace(allowed, ".", "\\."), "*", ".*")}$", ending))
      ])
    ]
  }
  arn_endings_of_effects = {
    Allow = local.arn_endings_of_sets
    Deny  = local.arn_endings_below_sets
  }

  # Nothing in it is a caller's free text, which could forge fields of a line.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
  access_log_format = {
    time               = "$context.requestTime"
    requestId          = "$context.requestId"
    caller             = "$context.identity.userArn"
    sourceIp           = "$context.identity.sourceIp"
    method             = "$context.httpMethod"
    routeKey           = "$context.routeKey"
    path               = "$context.path"
    status             = "$context.status"
    error              = "$context.error.message"
    integrationError   = "$context.integrationErrorMessage"
    integrationLatency = "$context.integrationLatency"
    responseLatency    = "$context.responseLatency"
  }
}
