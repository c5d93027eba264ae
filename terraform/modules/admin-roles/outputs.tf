output "role_arns" {
  description = "ARNs of the roles that were made: viewer, operator, secret-reader."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "role_names" {
  description = "Names of the roles that were made: viewer, operator, secret-reader."
  value       = { for name, role in aws_iam_role.this : name => role.name }
}
