# Whole plans. test/terraform-plan.test.ts checks their content and permissions, and that they hold no secret.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table_name  = "mail"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  domains     = { "example.com" = {} }
}

# A plan with what only an apply knows, so that whole policies and the description can be checked.
override_resource {
  target          = module.admin_api[0].aws_apigatewayv2_api.this
  override_during = plan
  values = {
    id            = "a1b2c3d4e5"
    api_endpoint  = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
    execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
  }
}

run "defaults" {
  command = plan
}

run "with_admin_api" {
  command = plan
  variables {
    admin_api = true
  }
}

run "everything_off" {
  command = plan
  variables {
    alarms      = false
    dashboard   = false
    event_log   = false
    history_log = false
    tracing     = false

    sweep_exposed_keys = false
  }
}

run "everything_on" {
  command = plan
  variables {
    name_prefix = "team-"
    tags        = { owner = "mail" }
    user_tags   = { CostCenter = "42" }

    user_permissions_boundary_arn = "arn:aws:iam::123456789012:policy/company/mail-users"
    policy_path                   = "/boundaries/"
    previous_table_names          = ["mail-before"]
    manage_users_of_0_1           = false

    domains            = { "example.com" = { mta_sts = { host = true, certificate_ready = true } } }
    sending_metrics    = true
    admin_api          = true
    audit              = true
    feedback           = { suppression_list = true }
    admin_principals   = { viewer = ["arn:aws:iam::123456789012:root"], operator = ["arn:aws:iam::123456789012:role/admins"], secret_reader = ["arn:aws:iam::123456789012:role/keepers"] }
    alert_emails       = ["postmaster@example.com"]
    table_kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/99999999-0000-0000-0000-000000000000"
    topics_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
  }
}

run "example_minimal" {
  command = plan
  module {
    source = "./examples/minimal"
  }
}

run "example_complete" {
  command = plan
  module {
    source = "./examples/complete"
  }
  variables {
    zone_ids         = { "example.com" = "Z0000000000000" }
    admin_principals = { viewer = ["arn:aws:iam::123456789012:root"], operator = ["arn:aws:iam::123456789012:role/admins"], secret_reader = ["arn:aws:iam::123456789012:role/keepers"] }
    alert_emails     = ["postmaster@example.com"]
  }
}

run "example_existing_table" {
  command = plan
  module {
    source = "./examples/existing-table"
  }
}

run "example_several_domains" {
  command = plan
  module {
    source = "./examples/several-domains"
  }
  variables {
    zone_ids = { "example.com" = "Z0000000000000", "example.org" = "Z1111111111111" }
  }
}

run "example_mta_sts" {
  command = plan
  module {
    source = "./examples/mta-sts"
  }
  variables {
    zone_id = "Z0000000000000"
  }
}
