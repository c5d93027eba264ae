output "role_arns" {
  description = "ARNs of the roles: viewer, operator, secret-reader."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
