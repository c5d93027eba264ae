output "stream_arn" {
  description = "ARN of the table's stream. It changes when the stream is disabled and enabled again."
  value       = var.create ? aws_dynamodb_table.created[0].stream_arn : data.aws_dynamodb_table.existing[0].stream_arn
}

output "expiry_attribute" {
  description = "The TTL attribute of the table."
  value       = try(local.expiry_attributes[0], local.usual_expiry_attribute)
}
