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
  name = var.name
  role = aws_iam_role.this.id
  policy = length(var.additional_statements) == 0 ? var.policy : jsonencode(merge(jsondecode(var.policy), {
    Statement = concat(jsondecode(var.policy).Statement, var.additional_statements)
  }))
}
