output "trail_arn" {
  description = "ARN of the trail."
  value       = aws_cloudtrail.this.arn
}

output "bucket_name" {
  description = "Name of the bucket that holds the trail's files."
  value       = aws_s3_bucket.this.id
}
