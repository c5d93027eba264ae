output "role_arn" {
  description = "ARN of the role that calls the functions."
  value       = aws_iam_role.this.arn
}
