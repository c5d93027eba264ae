output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "URL of the API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "policy_arns" {
  description = "ARNs of the policies that allow its routes: viewer, operator, secret-reader."
  value       = { for set, policy in aws_iam_policy.this : set => policy.arn }
}

output "access_log_name" {
  description = "Name of the access log's log group."
  value       = aws_cloudwatch_log_group.access.name
}
