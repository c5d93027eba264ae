output "dead_letter_queue_arn" {
  description = "ARN of the queue for failed work."
  value       = aws_sqs_queue.dead_letters.arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue for failed work."
  value       = aws_sqs_queue.dead_letters.url
}

output "parking_queue_arn" {
  description = "ARN of the queue for messages that need a person."
  value       = aws_sqs_queue.parking.arn
}

output "parking_queue_url" {
  description = "URL of the queue for messages that need a person."
  value       = aws_sqs_queue.parking.url
}
