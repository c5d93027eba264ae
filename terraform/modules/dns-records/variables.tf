variable "domains" {
  description = "Sending domains: whether the identity is created here, and what SES returned for it. mail_from_domain is empty without a custom MAIL FROM domain, and dkim_signing_hosted_zone is empty for the default DKIM zone of the Region."
  type = map(object({
    created                  = bool
    verification_token       = string
    dkim_tokens              = list(string)
    dkim_signing_hosted_zone = string
    mail_from_domain         = string
    dmarc_policy             = string
    dmarc_report_address     = string
    tls_report_address       = string
    mta_sts = object({
      mode            = string
      mx              = list(string)
      max_age_seconds = number
    })
  }))
  nullable = false
}

variable "region" {
  description = "Region of SES."
  type        = string
  nullable    = false
}

variable "ttl" {
  description = "TTL of the records, in seconds."
  type        = number
  nullable    = false
  default     = 1800
}
