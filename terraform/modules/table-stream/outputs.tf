output "stream_arn" {
  description = "ARN of the table's stream. A stream that is switched off and on again has another one."
  value       = var.create ? aws_dynamodb_table.created[0].stream_arn : data.aws_dynamodb_table.existing[0].stream_arn
}
