# Whatever policies a user gets, within this boundary it can send mail and nothing else. The functions can't create a user
# without it, and can't change it.
resource "aws_iam_policy" "user_boundary" {
  # checkov:skip=CKV_AWS_355:A boundary grants nothing; it says that what a user is granted ends at sending mail.
  # checkov:skip=CKV_AWS_290:A boundary grants nothing; each user's own policy names identities and addresses.
  name        = local.permissions_boundary_name
  description = "Permissions boundary of SMTP users: at most send mail"
  policy      = templatefile("${path.module}/policies/smtp-user-boundary.json", local.policy_values)
  tags        = var.tags
}

module "admin_roles" {
  source = "./modules/admin-roles"
  count  = length(var.admin_principals) > 0 ? 1 : 0

  name_prefix                   = var.name_prefix
  principals                    = var.admin_principals
  require_mfa                   = var.admin_require_mfa
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  tags                          = var.tags

  policies = {
    viewer        = templatefile("${path.module}/policies/admin-viewer.json", local.policy_values)
    operator      = templatefile("${path.module}/policies/admin-operator.json", local.policy_values)
    secret-reader = templatefile("${path.module}/policies/admin-secret-reader.json", local.policy_values)
  }
}
