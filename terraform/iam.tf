# With this boundary a user can only send mail, whatever policies it gets. The functions can't create a user without it, and can't
# change it.
resource "aws_iam_policy" "user_boundary" {
  # checkov:skip=CKV_AWS_355:A boundary grants nothing; it limits users to sending mail.
  # checkov:skip=CKV_AWS_290:A boundary grants nothing; each user's own policy names identities and addresses.
  name        = local.permissions_boundary_name
  path        = var.policy_path
  description = "Permissions boundary of SMTP users: at most send mail"
  policy      = templatefile("${path.module}/policies/smtp-user-boundary.json", local.policy_values)
  tags        = var.tags

  lifecycle {
    precondition {
      condition     = alltrue([for name in local.table_names : length("${local.region}/${name}") <= 256])
      error_message = "A table's name marks its IAM users by a tag, ${local.region}/NAME, and IAM allows tags of 256 characters: the names in table_name and previous_table_names may have ${255 - length(local.region)} in this Region."
    }

    precondition {
      # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
      condition     = local.longest_role_policy <= 10240
      error_message = "The policy of a function's role would have ${local.longest_role_policy} characters, and IAM allows 10,240. It names the table (table_name), the names that it had (previous_table_names) and the keys of user_tags several times: shorten or remove some of them, or set manage_users_of_0_1 to false."
    }

    precondition {
      condition     = !contains(var.previous_table_names, var.table_name)
      error_message = "previous_table_names are names that the table had before: ${var.table_name} is what it is called now."
    }

    precondition {
      condition     = var.user_permissions_boundary_arn == "" || startswith(var.user_permissions_boundary_arn, "arn:${local.partition}:iam::${local.account_id}:policy/")
      error_message = "user_permissions_boundary_arn must be a policy of this account (${local.account_id}): IAM takes no other account's policy as a boundary, and AWS's own allow more than to send mail."
    }
  }
}

locals {
  # To publish to a topic with a KMS key, a role must be allowed to use the key through SNS. The key may be created in the same apply,
  # when a plan can't know whether there is one, so no resource depends on it.
  topics_key_statements = [
    for arn in [var.topics_kms_key_arn] : {
      Sid       = "PublishUnderTheKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = arn
      Condition = { StringLike = { "kms:ViaService" = "sns.*.amazonaws.com" } }
    } if arn != ""
  ]
  # DynamoDB calls KMS in the caller's name, so every role needs permission to use the table's key, if it has one.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  table_key_statements = [
    for arn in [var.table_kms_key_arn] : {
      Sid       = "UseTheTablesKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = arn
      Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.amazonaws.com" } }
    } if arn != ""
  ]
  # Whoever works off queues: the role operator, even if it is made later, and the admin API in an operator's name.
  redrive_principals = concat(
    [
      for role in concat(["smtp-operator"], var.admin_api ? ["smtp-admin-api"] : []) :
      "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${var.name_prefix}${role}"
    ],
    var.redrive_principals,
  )
  admin_principals = {
    viewer        = var.admin_principals.viewer
    operator      = var.admin_principals.operator
    secret-reader = var.admin_principals.secret_reader
  }
  longest_role_policy = max([
    for policy in values(local.function_policies) : length(policy) + length(jsonencode(concat(local.table_key_statements, local.topics_key_statements)))
  ]...)
  people_policies = {
    for role in ["viewer", "operator", "secret-reader"] :
    role => jsondecode(templatefile("${path.module}/policies/admin-${role}.json", local.policy_values))
  }
}

module "admin_roles" {
  source = "./modules/admin-roles"

  name_prefix                   = var.name_prefix
  principals                    = local.admin_principals
  require_mfa                   = var.admin_require_mfa
  role_path                     = var.role_path
  role_permissions_boundary_arn = var.role_permissions_boundary_arn
  tags                          = var.tags

  policies = {
    for role, policy in local.people_policies : role => jsonencode(merge(policy, {
      Statement = concat(policy.Statement, local.table_key_statements)
    }))
  }
}
