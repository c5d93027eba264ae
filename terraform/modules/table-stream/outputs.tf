output "stream_arn" {
  description = "ARN of the table's stream. A stream that is switched off and on again has another one."
  value       = var.create ? aws_dynamodb_table.created[0].stream_arn : data.aws_dynamodb_table.existing[0].stream_arn
}

output "expiry_attribute" {
  description = "The attribute that the table's TTL looks at."
  value       = try(local.expiry_attributes[0], local.usual_expiry_attribute)
}
