# Hosts one domain's MTA-STS policy: a text file in S3 behind CloudFront, under https://mta-sts.<domain>/.well-known/mta-sts.txt.

locals {
  host        = "mta-sts.${var.domain}"
  bucket_name = "${var.bucket_prefix}mta-sts-${var.account_id}-${substr(sha256(var.domain), 0, 16)}"
  bucket_arn  = "arn:${var.partition}:s3:::${local.bucket_name}"
}

# CloudFront accepts only certificates from us-east-1.
resource "aws_acm_certificate" "this" {
  region = "us-east-1"

  domain_name       = local.host
  validation_method = "DNS"
  tags              = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# Waits until ACM has found the certificate's DNS record.
resource "aws_acm_certificate_validation" "this" {
  count = var.certificate_ready ? 1 : 0

  region          = "us-east-1"
  certificate_arn = aws_acm_certificate.this.arn
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18:It holds one public text; CloudFront counts the requests.
  # checkov:skip=CKV_AWS_144:One public text, written by Terraform, needs no copy elsewhere.
  # checkov:skip=CKV_AWS_145:The text is public; a KMS key would only add costs.
  # checkov:skip=CKV2_AWS_61:There is one object, and it never expires.
  # checkov:skip=CKV2_AWS_62:Only Terraform writes the object, so notifications aren't needed.
  bucket = local.bucket_name
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

resource "aws_s3_object" "policy" {
  bucket        = aws_s3_bucket.this.id
  key           = ".well-known/mta-sts.txt"
  content       = var.policy_text
  content_type  = "text/plain; charset=utf-8"
  cache_control = "max-age=3600"
  tags          = var.tags
}

resource "aws_s3_bucket_policy" "this" {
  count = var.certificate_ready ? 1 : 0

  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LetTheDistributionRead"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${local.bucket_arn}/.well-known/mta-sts.txt"
        Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.this[0].arn } }
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

resource "aws_cloudfront_origin_access_control" "this" {
  count = var.certificate_ready ? 1 : 0

  name                              = local.bucket_name
  description                       = "The distribution of ${local.host} reads its bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_68:A firewall costs 5 USD a month and would guard one public text.
  # checkov:skip=CKV2_AWS_47:A firewall costs 5 USD a month and would guard one public text.
  # checkov:skip=CKV_AWS_86:An access log of one public text has no value.
  # checkov:skip=CKV_AWS_310:One origin with one object; senders keep the policy for its max_age if it can't be read.
  # checkov:skip=CKV_AWS_374:Mail may come from every country.
  # checkov:skip=CKV_AWS_305:The root has no page; RFC 8461 defines one path.
  # checkov:skip=CKV2_AWS_32:Headers that guard browsers mean nothing to the mail servers that read the text.
  count = var.certificate_ready ? 1 : 0

  enabled         = true
  comment         = "MTA-STS policy of ${var.domain}"
  aliases         = [local.host]
  http_version    = "http2and3"
  is_ipv6_enabled = true
  price_class     = "PriceClass_100"
  tags            = var.tags

  origin {
    origin_id                = "policy"
    domain_name              = "${local.bucket_name}.s3.${var.region}.amazonaws.com"
    origin_access_control_id = aws_cloudfront_origin_access_control.this[0].id
  }

  default_cache_behavior {
    target_origin_id       = "policy"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    compress               = true
    viewer_protocol_policy = "https-only"
    # AWS's managed policy "CachingOptimized": caches as the object's headers allow, and forwards nothing to the origin.
    cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.this[0].certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
}
