# Every wrong value is refused before any lookup, with a message of its variable.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  domains     = { "example.com" = {} }
}

run "refuses_wrong_names_and_arns" {
  command = plan

  variables {
    table_name                    = "a b"
    kms_key_arn                   = "alias/passwords"
    domains                       = {}
    name_prefix                   = "Prod"
    role_path                     = "admins"
    role_permissions_boundary_arn = "boundary"
    policy_path                   = "boundaries"
    user_tags                     = { "sesame:table" = "other" }
    user_permissions_boundary_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    previous_table_names          = ["a/b"]
    receiving_rules               = "maybe"
    receiving_rule_keys           = { pk = "ROUTE#address" }
    event_bus_name                = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    rotation_schedule             = "hourly"
    sweep_schedule                = "rate(0 days)"
    suspension_schedule           = "always"
    validator                     = { mode = "punish" }
    feedback                      = { mode = "punish" }
    verification                  = { delay_seconds = 901 }
    reserved_concurrency          = { manager = 1 }
    log_level                     = "WARN"
    log_retention_days            = 100
    log_kms_key_arn               = "alias/logs"
    event_log_retention_days      = 0
    history_log_retention_days    = 2
    alert_emails                  = ["postmaster"]
    topics_kms_key_arn            = "alias/aws/sns"
    alarm_thresholds              = { function_errors = 0 }
    runbooks_url                  = "https://example.com/runbooks/"
    max_credentials               = -1
    default_quota_per_day         = 1.5
    redrive_principals            = ["*"]
    admin_principals              = { viewer = ["*"] }
    audit_options                 = { retention_days = 0 }
    admin_api_throttling          = { burst = 0 }
  }

  expect_failures = [
    var.table_name,
    var.kms_key_arn,
    var.domains,
    var.name_prefix,
    var.role_path,
    var.role_permissions_boundary_arn,
    var.policy_path,
    var.user_tags,
    var.user_permissions_boundary_arn,
    var.previous_table_names,
    var.receiving_rules,
    var.receiving_rule_keys,
    var.event_bus_name,
    var.rotation_schedule,
    var.sweep_schedule,
    var.suspension_schedule,
    var.validator,
    var.feedback,
    var.verification,
    var.reserved_concurrency,
    var.log_level,
    var.log_retention_days,
    var.log_kms_key_arn,
    var.event_log_retention_days,
    var.history_log_retention_days,
    var.alert_emails,
    var.topics_kms_key_arn,
    var.alarm_thresholds,
    var.runbooks_url,
    var.max_credentials,
    var.default_quota_per_day,
    var.redrive_principals,
    var.admin_principals,
    var.audit_options,
    var.admin_api_throttling,
  ]
}

run "refuses_values_at_the_edge" {
  command = plan

  variables {
    table_name               = "ab"
    kms_key_arn              = "arn:aws:kms:eu-west-1:123456789012:alias/passwords"
    domains                  = { "Example.com" = {} }
    name_prefix              = "prod"
    role_path                = "/admins"
    policy_path              = "/boundaries"
    user_tags                = { Team = "a", team = "b" }
    previous_table_names     = ["mail-before", "mail-before"]
    receiving_rule_keys      = { pk = "{pattern}" }
    event_bus_name           = "aws.partner/bus"
    rotation_schedule        = "rate(1.5 hours)"
    sweep_schedule           = "cron()"
    suspension_schedule      = "rate(0 minutes)"
    validator                = { violation_window = "year" }
    feedback                 = { bounce_warn_percent = 11 }
    verification             = { limit_seconds = 120 }
    reserved_concurrency     = { smtp-credential-manager = 0 }
    log_retention_days       = 0
    event_log_retention_days = 3654
    alert_emails             = ["post master@example.com"]
    alarm_thresholds         = { bounce_rate_percent = 10 }
    runbooks_url             = ""
    admin_principals         = { secret_reader = ["arn:aws:iam::aws:policy/AdministratorAccess"] }
  }

  expect_failures = [
    var.table_name,
    var.kms_key_arn,
    var.domains,
    var.name_prefix,
    var.role_path,
    var.policy_path,
    var.user_tags,
    var.previous_table_names,
    var.receiving_rule_keys,
    var.event_bus_name,
    var.rotation_schedule,
    var.sweep_schedule,
    var.suspension_schedule,
    var.validator,
    var.feedback,
    var.verification,
    var.reserved_concurrency,
    var.log_retention_days,
    var.event_log_retention_days,
    var.alert_emails,
    var.alarm_thresholds,
    var.runbooks_url,
    var.admin_principals,
  ]
}

run "refuses_a_domain_that_is_a_label" {
  command = plan
  variables {
    domains              = { localhost = {} }
    verification         = { successes = 0 }
    reserved_concurrency = { smtp-dlq-processor = 1.5 }
    alarm_thresholds     = { sending_quota_percent = 101 }
    validator            = { suspend_after_violations = 0 }
    feedback             = { complaint_warn_percent = 0.0001 }
  }
  expect_failures = [var.domains, var.verification, var.reserved_concurrency, var.alarm_thresholds, var.validator, var.feedback]
}

run "refuses_an_international_domain_in_letters" {
  command = plan
  variables {
    domains          = { "bücher.example" = {} }
    alarm_thresholds = { complaint_rate_percent = 0.5 }
    feedback         = { bounce_minimum_count = 0 }
  }
  expect_failures = [var.domains, var.alarm_thresholds, var.feedback]
}

run "refuses_a_mail_from_of_two_labels" {
  command = plan
  variables {
    domains          = { "example.com" = { mail_from_subdomain = "a.b" } }
    alarm_thresholds = { iam_users_percent = 0 }
  }
  expect_failures = [var.domains, var.alarm_thresholds]
}

run "refuses_an_unknown_dmarc_policy" {
  command = plan
  variables {
    domains = { "example.com" = { dmarc_policy = "drop" } }
  }
  expect_failures = [var.domains]
}

run "refuses_a_report_address_that_is_none" {
  command = plan
  variables {
    domains = { "example.com" = { dmarc_report_address = "dmarc" } }
  }
  expect_failures = [var.domains]
}

run "refuses_a_second_tag_in_a_report_address" {
  command = plan
  variables {
    domains = { "example.com" = { tls_report_address = "a@example.com; ruf=mailto:b@example.com" } }
  }
  expect_failures = [var.domains]
}

run "refuses_an_unknown_mta_sts_mode" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { mode = "strict" } } }
  }
  expect_failures = [var.domains]
}

run "refuses_an_mta_sts_policy_of_an_hour" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { max_age_seconds = 3600 } } }
  }
  expect_failures = [var.domains]
}

run "refuses_an_mx_host_with_a_priority" {
  command = plan
  variables {
    domains = { "example.com" = { mta_sts = { mx = ["10 mx.example.com"] } } }
  }
  expect_failures = [var.domains]
}

run "refuses_a_table_name_too_long_for_a_tag" {
  command = plan

  variables {
    # 247 characters: with the Region as prefix, one too many for a tag's value.
    table_name = join("", [for _ in range(247) : "t"])
  }

  expect_failures = [aws_iam_policy.user_boundary]
}

run "takes_a_long_table_name" {
  command = plan

  variables {
    table_name = join("", [for _ in range(90) : "t"])
  }
}

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
run "describes_itself_in_a_free_parameter_with_the_longest_names" {
  command = plan

  variables {
    name_prefix         = "abcdefghijklmnopqrs-"
    table_name          = join("", [for _ in range(40) : "t"])
    event_bus_name      = join("", [for _ in range(256) : "b"])
    manage_users_of_0_1 = false
    policy_path         = "/${join("", [for _ in range(400) : "p"])}/"
  }

  assert {
    condition     = length(aws_ssm_parameter.deployment.insecure_value) > 3000 && length(aws_ssm_parameter.deployment.insecure_value) <= 4096
    error_message = "A standard parameter holds 4,096 characters."
  }
}

run "refuses_names_that_fill_the_roles_policies" {
  command = plan

  variables {
    previous_table_names = [for letter in ["a", "b", "c"] : join("", [for _ in range(100) : letter])]
  }

  expect_failures = [aws_iam_policy.user_boundary]
}

run "refuses_a_boundary_of_another_account" {
  command = plan

  variables {
    user_permissions_boundary_arn = "arn:aws:iam::999999999999:policy/boundary"
  }

  expect_failures = [aws_iam_policy.user_boundary]
}

run "refuses_the_own_name_as_a_previous_one" {
  command = plan

  variables {
    previous_table_names = ["mail"]
  }

  expect_failures = [aws_iam_policy.user_boundary]
}

run "refuses_tags_that_are_sesame_s_own_or_too_many" {
  command = plan

  variables {
    user_tags = merge({ "Sesame:table" = "x", "AWS:x" = "y" }, { for index in range(20) : "tag${index}" => "v" })
  }

  expect_failures = [var.user_tags]
}
