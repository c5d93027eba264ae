# Up to three roles for people: one to view, one to operate, one to read passwords. Each has principals of its own, so that
# whoever may operate need not be able to read passwords.

locals {
  roles = {
    viewer        = "Sees credentials, logs, metrics and queues; no password, and changes nothing"
    operator      = "Sees all that the viewer sees; inserts, changes and deletes credentials, and works off queues"
    secret-reader = "Reads SMTP passwords, each read in CloudTrail"
  }
  # The ARNs may be sensitive values; their number isn't.
  wanted = { for name, description in local.roles : name => description if nonsensitive(length(var.principals[name])) > 0 }
}

resource "aws_iam_role" "this" {
  for_each = local.wanted

  name                 = "${var.name_prefix}smtp-${each.key}"
  path                 = var.role_path
  description          = each.value
  max_session_duration = each.key == "secret-reader" ? 3600 : 14400
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Effect    = "Allow"
        Principal = { AWS = var.principals[each.key] }
        Action    = "sts:AssumeRole"
      },
      var.require_mfa ? { Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } } : {},
    )]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.wanted

  name   = "${var.name_prefix}smtp-${each.key}"
  role   = aws_iam_role.this[each.key].id
  policy = var.policies[each.key]
}
