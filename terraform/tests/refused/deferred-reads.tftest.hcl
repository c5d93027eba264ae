# The module waits for another resource (depends_on), so Terraform reads the table and the identity only during the apply. `terraform
# test` counts a check of unread data as failed, so test/terraform-refusals.test.ts reads the errors instead.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "depends_on_with_an_identity_of_somebody_else" {
  command = plan
  module {
    source = "./tests/fixtures/late-values"
  }
  variables {
    table_name   = "mail"
    create_table = false
    domains      = { "example.com" = { create_identity = false, mail_from_subdomain = "bounce" } }
  }
}
