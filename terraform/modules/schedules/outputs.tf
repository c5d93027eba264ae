output "role_arn" {
  description = "ARN of the role by which the functions are called."
  value       = aws_iam_role.this.arn
}
