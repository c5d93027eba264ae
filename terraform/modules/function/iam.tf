# A topic under a KMS key takes messages only of who may use the key, through SNS. The key may be made in the same run, so that
# it isn't known yet whether there is one: no resource of its own hangs on it.
locals {
  topics_key_statement = {
    Sid       = "PublishUnderTheKey"
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = var.topics_kms_key_arn
    Condition = { StringLike = { "kms:ViaService" = "sns.*.amazonaws.com" } }
  }
  policy = var.topics_kms_key_arn == "" ? var.policy : jsonencode(merge(jsondecode(var.policy), {
    Statement = concat(jsondecode(var.policy).Statement, [local.topics_key_statement])
  }))
}

resource "aws_iam_role" "this" {
  name                 = var.name
  path                 = var.role_path
  description          = "Role of the function ${var.name}"
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = aws_iam_role.this.id
  policy = local.policy
}
