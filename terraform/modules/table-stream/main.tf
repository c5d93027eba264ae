# The table of the mail-receiving system, with a stream of old and new images. Usually it exists already and is only read.

data "aws_dynamodb_table" "existing" {
  count = var.create ? 0 : 1

  name = var.name

  lifecycle {
    postcondition {
      condition     = self.stream_enabled && self.stream_view_type == "NEW_AND_OLD_IMAGES"
      error_message = <<-EOT
        The table ${var.name} has no stream of new and old images (stream ${self.stream_enabled ? "on, ${self.stream_view_type}" : "off"}). Switch it on, then run Terraform again:
        ${self.stream_enabled ? "aws dynamodb update-table --table-name ${var.name} --stream-specification StreamEnabled=false && aws dynamodb wait table-exists --table-name ${var.name} && " : ""}aws dynamodb update-table --table-name ${var.name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES
      EOT
    }

    postcondition {
      condition     = self.hash_key == "PK" && self.range_key == "SK"
      error_message = "The table ${var.name} has the keys ${self.hash_key} and ${self.range_key}. Sesame's records need a partition key named PK and a sort key named SK, both strings."
    }

    postcondition {
      condition     = length(self.replica) == 0
      error_message = "The table ${var.name} is a global table (replicas: ${join(", ", [for replica in self.replica : replica.region_name])}). A deployment in each Region would make its own IAM users for the same records, and an SMTP password works in one Region only. Use a table without replicas in each Region: docs/several-deployments.md."
    }
  }
}

locals {
  usual_expiry_attribute = "expires_at"
  # A table has at most one TTL attribute, and its owner may already use one.
  expiry_attributes = [for ttl in try(data.aws_dynamodb_table.existing[0].ttl, []) : ttl.attribute_name if ttl.enabled]
}

resource "aws_dynamodb_table" "created" {
  # checkov:skip=CKV_AWS_119:DynamoDB encrypts every table. Passwords are already encrypted with the caller's key; every role that reads the table would need permission to use the table's key.
  count = var.create ? 1 : 0

  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "PK"
  range_key                   = "SK"
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = true
  tags                        = var.tags

  attribute {
    name = "PK"
    type = "S"
  }

  attribute {
    name = "SK"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  ttl {
    enabled        = true
    attribute_name = local.usual_expiry_attribute
  }
}

check "time_to_live" {
  assert {
    condition     = var.create || length(local.expiry_attributes) > 0
    error_message = "The table ${var.name} has no TTL, so counters and what was counted stay for ever. Switch it on, then run Terraform again: aws dynamodb update-time-to-live --table-name ${var.name} --time-to-live-specification Enabled=true,AttributeName=${local.usual_expiry_attribute}"
  }
}
