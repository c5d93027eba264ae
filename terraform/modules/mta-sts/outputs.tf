output "certificate_record" {
  description = "DNS record that proves to ACM that the host is yours."
  value = {
    key     = "${var.domain}/mta-sts-certificate"
    domain  = var.domain
    name    = trimsuffix(one(aws_acm_certificate.this.domain_validation_options[*].resource_record_name), ".")
    type    = "CNAME"
    value   = trimsuffix(one(aws_acm_certificate.this.domain_validation_options[*].resource_record_value), ".")
    ttl     = 1800
    purpose = "mta-sts-certificate"
  }
}

output "host_records" {
  description = "DNS record of the policy's host, once it exists."
  value = [
    for distribution in aws_cloudfront_distribution.this : {
      key     = "${var.domain}/mta-sts-host"
      domain  = var.domain
      name    = local.host
      type    = "CNAME"
      value   = distribution.domain_name
      ttl     = 1800
      purpose = "mta-sts-host"
    }
  ]
}
