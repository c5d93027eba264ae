# The module waits for another resource (depends_on), so that Terraform reads the table and the identity only in the apply. A test
# of Terraform's counts a check of what isn't read yet as failed: test/terraform.test.ts looks at the plan instead.

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
