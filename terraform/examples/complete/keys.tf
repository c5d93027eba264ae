# One key for the passwords, which of the roles made here only the verifier and the secret readers may decrypt with, and one for the
# services. Others with kms:Decrypt in IAM, such as the account's administrators, may decrypt too.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region

  let_iam_decide = {
    Sid       = "LetIamDecide"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }
}

resource "aws_kms_key" "passwords" {
  description             = "SMTP passwords"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode({ Version = "2012-10-17", Statement = [local.let_iam_decide] })
}

resource "aws_kms_key" "services" {
  description             = "Topics and logs of SMTP credentials"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  # Part of the key, so that it exists before the topics: SES tests each topic as soon as it is configured.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.let_iam_decide,
      {
        # As in the output topics_kms_key_policy_statement. AWS's own statement for SES has no condition, and it isn't documented
        # whether SES sets this key: docs/first-hour-on-aws.md says how to check, and what to write if it doesn't.
        Sid       = "LetSesAndCloudWatchPublish"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "ses.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        Sid       = "LetCloudWatchLogsWrite"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/*" }
        }
      },
    ]
  })
}
