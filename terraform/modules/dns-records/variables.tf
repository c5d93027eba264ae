variable "domains" {
  description = "Sending domains: whether the identity is created here, and what SES gave out for each. A domain without custom MAIL FROM has an empty mail_from_domain, one whose DKIM zone is the Region's usual one an empty dkim_signing_hosted_zone."
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
  description = "How long resolvers may keep a record, in seconds."
  type        = number
  nullable    = false
  default     = 1800
}
