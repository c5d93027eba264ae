# A trail of the account's management calls (including IAM and KMS) and of writes to the table, for accounts that have no trail yet.

locals {
  trail_arn  = "arn:${var.partition}:cloudtrail:${var.region}:${var.account_id}:trail/${var.trail_name}"
  bucket_arn = "arn:${var.partition}:s3:::${var.bucket_name}"
}

resource "aws_cloudtrail" "this" {
  # checkov:skip=CKV_AWS_252:Notifications about log files aren't needed; alarms come from metrics.
  # checkov:skip=CKV2_AWS_10:Copying the trail to CloudWatch Logs doubles its cost; it is searched in S3 by Athena when needed.
  # checkov:skip=CKV_AWS_35:A KMS key would need CloudTrail in its policy, which belongs to the caller; S3 encrypts the trail.
  name           = var.trail_name
  s3_bucket_name = aws_s3_bucket.this.id
  # CloudTrail records IAM calls only in us-east-1.
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  tags                          = var.tags

  advanced_event_selector {
    name = "Management calls, those to IAM and KMS among them"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  advanced_event_selector {
    name = "Calls that change the credentials' table"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::DynamoDB::Table"]
    }

    field_selector {
      field  = "resources.ARN"
      equals = [var.table_arn]
    }

    dynamic "field_selector" {
      for_each = var.with_reads ? [] : ["false"]
      content {
        field  = "readOnly"
        equals = [field_selector.value]
      }
    }
  }

  depends_on = [aws_s3_bucket_policy.this]
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18:An access log of the audit log would need another bucket; the trail itself records reads.
  # checkov:skip=CKV_AWS_144:The deployment is in one Region; copies elsewhere are a matter of an organization's own trail.
  # checkov:skip=CKV_AWS_145:S3 encrypts with its own key; the caller's key would need CloudTrail in its policy.
  # checkov:skip=CKV2_AWS_62:Notifications about log files aren't needed.
  bucket = var.bucket_name
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LetTheTrailLook"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = local.bucket_arn
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "LetTheTrailWrite"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${local.bucket_arn}/AWSLogs/${var.account_id}/*"
        Condition = {
          StringEquals = {
            "aws:SourceArn" = local.trail_arn
            "s3:x-amz-acl"  = "bucket-owner-full-control"
          }
        }
      },
      {
        Sid       = "RefuseWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
