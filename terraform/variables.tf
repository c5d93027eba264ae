# Required inputs.

variable "table_name" {
  description = "Name of the DynamoDB table that holds the credentials' records. It must exist, with keys PK and SK and a stream of new and old images, unless create_table is set. It can't be a global table. Region and name mark the IAM users that are made for it: no two deployments of an account may share a table, and a deployment whose table gets another name needs previous_table_names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.table_name))
    error_message = "table_name must be the name of a DynamoDB table: 3 to 255 letters, digits, dots, dashes or underscores."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the SMTP passwords. Its policy must let IAM policies of this account decide, as the policy of a new key does."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-zA-Z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, such as arn:aws:kms:eu-west-1:123456789012:key/0000…; an alias won't do, because IAM policies name keys only."
  }

  validation {
    condition     = try(split(":", var.kms_key_arn)[3], local.region) == local.region
    error_message = "kms_key_arn is a key of the Region ${try(split(":", var.kms_key_arn)[3], "?")}, and this deployment is in ${local.region}, which can't use it. Name a key of ${local.region}; of a multi-Region key, its replica there."
  }
}

variable "domains" {
  description = <<-EOT
    The domains that mail is sent from. Each may say:
    create_identity: whether its SES identity is created here (default); otherwise it must exist.
    mail_from_subdomain: where bounces come back to, below the domain; empty for SES's own domain. By default bounce where the identity is created here; any other identity's is left as it is.
    dkim_signing_hosted_zone: the zone that SES keeps the domain's DKIM keys in, if it isn't the Region's usual one: aws sesv2 get-email-identity --email-identity DOMAIN --query DkimAttributes.SigningHostedZone.
    dmarc_policy: none, quarantine or reject, also for its subdomains. Begin with none where others send for the domain, too. dmarc_report_address, tls_report_address: who gets reports; by default dmarc@ and tls-reports@ the domain. Another domain must agree to get DMARC reports: output dmarc_report_records.
    mta_sts: the policy for mail that the domain receives; mx, the hosts that receive it, by default SES's own of the Region; whether it is hosted here, and, once its certificate's DNS record stands, certificate_ready. With mode enforce a wrong mx stops the domain's inbound mail, so that mx must be said then.
  EOT
  type = map(object({
    create_identity          = optional(bool, true)
    mail_from_subdomain      = optional(string)
    dkim_signing_hosted_zone = optional(string, "")
    dmarc_policy             = optional(string, "quarantine")
    dmarc_report_address     = optional(string, "")
    tls_report_address       = optional(string, "")
    mta_sts = optional(object({
      host              = optional(bool, false)
      certificate_ready = optional(bool, false)
      mode              = optional(string, "testing")
      mx                = optional(list(string), [])
      max_age_seconds   = optional(number, 604800)
    }), {})
  }))
  nullable = false

  validation {
    condition     = length(var.domains) > 0
    error_message = "domains must name one domain at least, for example { \"example.com\" = {} }."
  }

  validation {
    condition     = alltrue([for domain in keys(var.domains) : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", domain))])
    error_message = "Each key of domains must be a domain name in lower case, such as example.com; an international name in its punycode form (xn--…)."
  }

  validation {
    condition     = alltrue([for settings in values(var.domains) : settings.mail_from_subdomain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$", settings.mail_from_subdomain))])
    error_message = "mail_from_subdomain must be one label of a domain name, such as bounce, or empty."
  }

  validation {
    condition     = alltrue([for settings in values(var.domains) : contains(["none", "quarantine", "reject"], settings.dmarc_policy)])
    error_message = "dmarc_policy must be none, quarantine or reject."
  }

  validation {
    condition = alltrue(flatten([
      for settings in values(var.domains) : [
        for address in [settings.dmarc_report_address, settings.tls_report_address] : address == "" || can(regex("^[^@\\s;,]+@[^@\\s;,]+\\.[^@\\s;,]+$", address))
      ]
    ]))
    error_message = "dmarc_report_address and tls_report_address must be e-mail addresses."
  }

  validation {
    condition     = alltrue([for settings in values(var.domains) : contains(["none", "testing", "enforce"], settings.mta_sts.mode)])
    error_message = "mta_sts.mode must be none, testing or enforce."
  }

  validation {
    condition     = alltrue([for settings in values(var.domains) : settings.mta_sts.max_age_seconds >= 86400 && settings.mta_sts.max_age_seconds <= 31557600])
    error_message = "mta_sts.max_age_seconds must be from 86400 (a day) to 31557600 (a year)."
  }

  validation {
    condition     = alltrue(flatten([for settings in values(var.domains) : [for host in settings.mta_sts.mx : can(regex("^(\\*\\.)?([a-z0-9-]+\\.)+[a-z0-9-]+$", host))]]))
    error_message = "mta_sts.mx must list host names of the domain's MX records, such as mx1.example.com or *.example.com."
  }

  # RFC 8461, 5: senders that honor the policy don't deliver to hosts that it doesn't name.
  validation {
    condition     = alltrue([for settings in values(var.domains) : settings.mta_sts.mode != "enforce" || length(settings.mta_sts.mx) > 0])
    error_message = "mta_sts.mode enforce needs mta_sts.mx: all hosts of the domain's MX records (dig +short MX DOMAIN). A policy that names others stops the domain's inbound mail, for up to max_age_seconds after it is mended."
  }

  # ACM in us-east-1 and CloudFront are in the partition aws.
  validation {
    condition     = local.partition == "aws" || alltrue([for settings in values(var.domains) : !settings.mta_sts.host])
    error_message = "mta_sts.host isn't possible in the partition ${local.partition}, which has no CloudFront. Host the text of the output recommended_mta_sts elsewhere."
  }

  validation {
    condition     = alltrue([for settings in values(var.domains) : settings.dkim_signing_hosted_zone == "" || can(regex("^([a-z0-9-]+\\.)+[a-z0-9-]+$", settings.dkim_signing_hosted_zone))])
    error_message = "dkim_signing_hosted_zone must be a domain name as SES gives it, such as dkim.amazonses.com, without a dot at the end."
  }
}

# Names.

variable "name_prefix" {
  description = "Prefix of all resource names. Ends in a dash. Each deployment in an account needs its own, also in different Regions, because names of IAM roles and policies are unique per account. Choose it once. Deployments in one Region can't share a domain: an SES identity has one default configuration set, and each deployment's credentials may use only their own."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^([a-z][a-z0-9-]{0,18}-)?$", var.name_prefix))
    error_message = "name_prefix must be up to 20 lower-case letters, digits and dashes, beginning with a letter and ending in a dash, or be empty."
  }
}

variable "tags" {
  description = "Tags of all resources that Terraform creates. The functions create IAM users later: see user_tags."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "role_path" {
  description = "IAM path of the roles."
  type        = string
  nullable    = false
  default     = "/"

  validation {
    condition     = can(regex("^/([\\w+=,.@-]+/)*$", var.role_path))
    error_message = "role_path must begin and end with a slash."
  }
}

variable "role_permissions_boundary_arn" {
  description = "ARN of a permissions boundary for the roles, if your organization requires one; empty for none."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/.+)?$", var.role_permissions_boundary_arn))
    error_message = "role_permissions_boundary_arn must be the ARN of an IAM policy, or empty."
  }
}

variable "policy_path" {
  description = "IAM path of the permissions boundary that is created for the SMTP users. Choose it once: users keep their boundary, and IAM does not delete a boundary in use."
  type        = string
  nullable    = false
  default     = "/"

  validation {
    condition     = can(regex("^/([\\w+=,.@-]+/)*$", var.policy_path))
    error_message = "policy_path must begin and end with a slash."
  }
}

# The IAM users.

variable "user_tags" {
  description = "Additional tags of the IAM users and managed policies that the functions create, for example a cost center that your organization requires. Existing users get them when the sweep, or an administrator's pending, rewrites their policy."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition = alltrue([
      for key, value in var.user_tags : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))
    ])
    error_message = "Keys of user_tags must have 1 to 128 characters and values up to 256: letters, digits, spaces and _ . : / = + - @, as IAM allows them."
  }

  validation {
    condition     = alltrue([for key in keys(var.user_tags) : !startswith(lower(key), "aws:") && !startswith(lower(key), "sesame:")])
    error_message = "Keys of user_tags must not begin with aws: or sesame:."
  }

  validation {
    condition     = length(distinct([for key in keys(var.user_tags) : lower(key)])) == length(var.user_tags)
    error_message = "Keys of user_tags must differ in more than capital letters: IAM doesn't tell those apart."
  }

  validation {
    condition     = length(var.user_tags) <= 20 && length(jsonencode(var.user_tags)) <= 1500
    error_message = "user_tags must hold 20 tags at most, and 1,500 characters as JSON: the functions get them in their environment."
  }
}

variable "user_permissions_boundary_arn" {
  description = "ARN of your own permissions boundary for the SMTP users; empty for the one that is created here. A user has one boundary, so yours must allow ses:SendEmail and ses:SendRawEmail, and should allow nothing else: whatever it allows is what a compromised function could give a user."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::\\d{12}:policy/.+)?$", var.user_permissions_boundary_arn))
    error_message = "user_permissions_boundary_arn must be the ARN of a policy of your own account, or empty."
  }
}

variable "previous_table_names" {
  description = "Former names of the table in this Region, if it was restored from a backup under another name. The users of these names are taken over, and passwords that were encrypted for them can still be decrypted. The deployments of the former tables must no longer exist. See docs/runbooks/restore-table.md."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for name in var.previous_table_names : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = "previous_table_names must be names of DynamoDB tables: 3 to 255 letters, digits, dots, dashes or underscores."
  }

  validation {
    condition     = length(distinct(var.previous_table_names)) == length(var.previous_table_names)
    error_message = "previous_table_names must be different names."
  }

  validation {
    condition     = length(var.previous_table_names) <= 3
    error_message = "previous_table_names must be three at most. Once a sweep is complete and every password was rotated since, a former name is no longer needed."
  }
}

variable "manage_users_of_0_1" {
  description = "Whether IAM users of version 0.1 that are tagged with the bare table name belong to this deployment. The sweep moves those that have a record. Set it to false afterwards, especially if another Region has a table of the same name: until then, the functions of either deployment may change the other's users of version 0.1."
  type        = bool
  nullable    = false
  default     = true
}

# The table and its records.

variable "create_table" {
  description = "Whether the table is created here; otherwise it must exist."
  type        = bool
  nullable    = false
  default     = false
}

variable "table_kms_key_arn" {
  description = "ARN of the customer managed KMS key that encrypts an existing table; empty if the table uses a key of AWS. All roles may decrypt with it, but only through DynamoDB."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-zA-Z0-9-]+)?$", var.table_kms_key_arn))
    error_message = "table_kms_key_arn must be the ARN of a KMS key, or empty."
  }

  validation {
    condition     = var.table_kms_key_arn == "" || !var.create_table
    error_message = "table_kms_key_arn is for a table that exists. One that is created here is encrypted by DynamoDB's own key."
  }

  validation {
    condition     = try(split(":", var.table_kms_key_arn)[3], local.region) == local.region
    error_message = "table_kms_key_arn is a key of the Region ${try(split(":", var.table_kms_key_arn)[3], "?")}, and this deployment is in ${local.region}, which can't use it. Name a key of ${local.region}; of a multi-Region key, its replica there."
  }
}

variable "max_credentials" {
  description = "How many credentials there may be; more fail with TooManyCredentials. 0: any number, up to IAM's quota of users for the account."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.max_credentials >= 0 && var.max_credentials <= 999999 && floor(var.max_credentials) == var.max_credentials
    error_message = "max_credentials must be a whole number up to 999999; 0 stands for any number."
  }
}

variable "default_quota_per_day" {
  description = "quota_per_day, in recipients, of the credentials whose records name none. 0: they have none."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.default_quota_per_day >= 0 && var.default_quota_per_day <= 999999999 && floor(var.default_quota_per_day) == var.default_quota_per_day
    error_message = "default_quota_per_day must be a whole number up to 999999999; 0 stands for none."
  }
}

variable "receiving_rules" {
  description = "How to treat a sender address that has no receiving rule in the same table: ignore, warn or require."
  type        = string
  nullable    = false
  default     = "ignore"

  validation {
    condition     = contains(["ignore", "warn", "require"], var.receiving_rules)
    error_message = "receiving_rules must be ignore, warn or require."
  }
}

variable "receiving_rule_keys" {
  description = "Keys of a receiving rule's item; {pattern} stands for the address pattern."
  type = object({
    pk = optional(string, "ROUTE#{pattern}")
    sk = optional(string, "RULE#v1")
  })
  nullable = false
  default  = {}

  validation {
    condition     = strcontains(var.receiving_rule_keys.pk, "{pattern}") && startswith(var.receiving_rule_keys.pk, "ROUTE#")
    error_message = "receiving_rule_keys.pk must begin with ROUTE#, which is what the functions' policies let them read, and hold {pattern}."
  }
}

# The functions.

variable "functions_directory" {
  description = "Folder of the built zips; by default dist/functions next to this folder, where npm run build writes them."
  type        = string
  nullable    = false
  default     = ""
}

variable "event_bus_name" {
  description = "Name of the event bus that the credentials' events are published to. It must exist."
  type        = string
  nullable    = false
  default     = "default"

  validation {
    condition     = can(regex("^[/.\\-_A-Za-z0-9]{1,256}$", var.event_bus_name)) && !startswith(var.event_bus_name, "aws.")
    error_message = "event_bus_name must be the name of an event bus of your own, not its ARN."
  }
}

variable "rotation_schedule" {
  description = "How often rotations are processed: a rate or cron expression of EventBridge Scheduler."
  type        = string
  nullable    = false
  default     = "rate(1 hour)"

  validation {
    condition     = can(regex("^(rate\\([1-9]\\d* (minutes?|hours?|days?)\\)|cron\\(.+\\))$", var.rotation_schedule))
    error_message = "rotation_schedule must be like rate(1 hour) or cron(0 * * * ? *)."
  }
}

variable "sweep_schedule" {
  description = "How often the table and IAM are compared: a rate or cron expression of EventBridge Scheduler. An alarm fires after two days without a comparison."
  type        = string
  nullable    = false
  default     = "rate(1 day)"

  validation {
    condition     = can(regex("^(rate\\([1-9]\\d* (minutes?|hours?|days?)\\)|cron\\(.+\\))$", var.sweep_schedule))
    error_message = "sweep_schedule must be like rate(1 day) or cron(0 3 * * ? *)."
  }
}

variable "sweep_exposed_keys" {
  description = "Whether an event of AWS Health about an exposed access key starts a sweep at once. It needs rules in us-east-1 and us-west-2, where Health sends such events (us-gov-west-1 and us-gov-east-1, cn-northwest-1 and cn-north-1)."
  type        = bool
  nullable    = false
  default     = true
}

variable "suspension_schedule" {
  description = "How often due suspensions are ended: a rate or cron expression of EventBridge Scheduler."
  type        = string
  nullable    = false
  default     = "rate(5 minutes)"

  validation {
    condition     = can(regex("^(rate\\([1-9]\\d* (minutes?|hours?|days?)\\)|cron\\(.+\\))$", var.suspension_schedule))
    error_message = "suspension_schedule must be like rate(5 minutes) or cron(0 * * * ? *)."
  }
}

variable "validator" {
  description = "How to treat a credential that sends with senders that its record does not allow: observe reports it; suspend also disables the credential after a number of violations within the window (hour, day, 7d or 30d). An envelope sender that a record neither allows nor limits is a notice; with envelope = strict it is a violation."
  type = object({
    mode                     = optional(string, "observe")
    suspend_after_violations = optional(number, 3)
    violation_window         = optional(string, "day")
    envelope                 = optional(string, "notice")
  })
  nullable = false
  default  = {}

  validation {
    condition     = contains(["observe", "suspend"], var.validator.mode) && contains(["hour", "day", "7d", "30d"], var.validator.violation_window)
    error_message = "validator.mode must be observe or suspend, validator.violation_window hour, day, 7d or 30d."
  }

  validation {
    condition     = contains(["notice", "strict"], var.validator.envelope)
    error_message = "validator.envelope must be notice or strict."
  }

  validation {
    condition     = var.validator.suspend_after_violations >= 1 && floor(var.validator.suspend_after_violations) == var.validator.suspend_after_violations
    error_message = "validator.suspend_after_violations must be a whole number above 0."
  }
}

variable "feedback" {
  description = "Limits of bounces and complaints above which a credential is warned about or suspended (mode suspend; observe only warns; quotas apply in both modes). A rate is judged only above a minimum of sends and of bounces or complaints. suppression_list adds hard bounces and complaints to the account's suppression list."
  type = object({
    mode                      = optional(string, "suspend")
    suppression_list          = optional(bool, false)
    bounce_warn_percent       = optional(number, 5)
    bounce_suspend_percent    = optional(number, 10)
    bounce_minimum_sends      = optional(number, 100)
    bounce_minimum_count      = optional(number, 5)
    complaint_warn_percent    = optional(number, 0.1)
    complaint_suspend_percent = optional(number, 0.5)
    complaint_minimum_sends   = optional(number, 500)
    complaint_minimum_count   = optional(number, 2)
  })
  nullable = false
  default  = {}

  validation {
    condition     = contains(["observe", "suspend"], var.feedback.mode)
    error_message = "feedback.mode must be observe or suspend."
  }

  validation {
    condition = alltrue([
      for percent in [
        var.feedback.bounce_warn_percent, var.feedback.bounce_suspend_percent, var.feedback.complaint_warn_percent,
        var.feedback.complaint_suspend_percent,
      ] : percent > 0 && can(regex("^(100|\\d{1,2}(\\.\\d{1,3})?)$", tostring(percent)))
    ])
    error_message = "The percentages of feedback must be above 0 and at most 100, with three digits behind the point at most."
  }

  validation {
    condition     = var.feedback.bounce_warn_percent <= var.feedback.bounce_suspend_percent && var.feedback.complaint_warn_percent <= var.feedback.complaint_suspend_percent
    error_message = "A credential must be warned of before it is switched off: the warn percentages of feedback can't be above the suspend percentages."
  }

  validation {
    condition = alltrue([
      for count in [
        var.feedback.bounce_minimum_sends, var.feedback.bounce_minimum_count, var.feedback.complaint_minimum_sends,
        var.feedback.complaint_minimum_count,
      ] : count >= 1 && floor(count) == count
    ])
    error_message = "The minimum numbers of feedback must be whole numbers above 0."
  }
}

variable "verification" {
  description = "How a new key is verified: the delay before its first login (delay_seconds), how many logins in a row must succeed, and how long one attempt may take (limit_seconds)."
  type = object({
    delay_seconds      = optional(number, 15)
    successes          = optional(number, 3)
    pause_milliseconds = optional(number, 2000)
    limit_seconds      = optional(number, 60)
  })
  nullable = false
  default  = {}

  validation {
    condition     = var.verification.delay_seconds >= 0 && var.verification.delay_seconds <= 900
    error_message = "verification.delay_seconds must be from 0 to 900, the longest delay of a queue."
  }

  validation {
    condition     = var.verification.successes >= 1 && var.verification.successes <= 10 && var.verification.limit_seconds >= 5 && var.verification.limit_seconds <= 100 && var.verification.pause_milliseconds >= 1
    error_message = "verification.successes must be from 1 to 10, limit_seconds from 5 to 100 (the function ends after 120), pause_milliseconds 1 or more."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of functions, by their names without prefix. None by default, because a new account has only 10 in total."
  type        = map(number)
  nullable    = false
  default     = {}

  validation {
    condition = alltrue([
      for name in keys(var.reserved_concurrency) : contains([
        "smtp-credential-manager", "smtp-credential-rotator", "smtp-credential-verifier", "smtp-credential-sweeper", "smtp-dlq-processor",
        "smtp-email-validator", "smtp-feedback-processor", "smtp-admin-api", "smtp-password-reveal",
      ], name)
    ])
    error_message = "The keys of reserved_concurrency must be functions' names without prefix, such as smtp-credential-manager."
  }

  validation {
    condition     = alltrue([for calls in values(var.reserved_concurrency) : calls >= 1 && floor(calls) == calls])
    error_message = "Each value of reserved_concurrency must be a whole number above 0. To stop a function, disable its trigger instead."
  }
}

# Logs and traces.

variable "log_level" {
  description = "Log level of the functions: INFO or DEBUG. Higher levels are not possible, because Lambda would drop the metrics as well."
  type        = string
  nullable    = false
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO"], var.log_level)
    error_message = "log_level must be DEBUG or INFO."
  }
}

variable "log_retention_days" {
  description = "Retention of the functions' logs, in days."
  type        = number
  nullable    = false
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the log groups, whose policy allows CloudWatch Logs to use it; empty for the default encryption of CloudWatch Logs."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-zA-Z0-9-]+)?$", var.log_kms_key_arn))
    error_message = "log_kms_key_arn must be the ARN of a KMS key, or empty."
  }

  validation {
    condition     = try(split(":", var.log_kms_key_arn)[3], local.region) == local.region
    error_message = "log_kms_key_arn is a key of the Region ${try(split(":", var.log_kms_key_arn)[3], "?")}, and this deployment is in ${local.region}, which can't use it. Name a key of ${local.region}; of a multi-Region key, its replica there."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the functions' calls."
  type        = bool
  nullable    = false
  default     = true
}

# Mail.

variable "smtp_host" {
  description = "Host of the SES SMTP endpoint, for mail clients and for the function that verifies new credentials; empty for the Region's default. Set it to the FIPS endpoint (email-smtp-fips.REGION.amazonaws.com), or in a Region that got an endpoint after this version."
  type        = string
  nullable    = false
  default     = ""

  # Passwords are sent to this host, so it must be SES's.
  validation {
    condition     = can(regex("^(email-smtp(-fips)?\\.[a-z0-9-]+\\.(amazonaws\\.com|api\\.aws))?$", var.smtp_host))
    error_message = "smtp_host must be an SMTP endpoint of SES, such as email-smtp-fips.us-east-1.amazonaws.com, or empty."
  }

  validation {
    condition     = try(split(".", var.smtp_host)[1], local.region) == local.region
    error_message = "smtp_host must be in ${local.region}: an SMTP credential of SES is valid in the Region it was made for, and in no other."
  }

  validation {
    condition     = var.smtp_host != "" || contains(local.smtp_regions, local.region)
    error_message = <<-EOT
      SES has no SMTP endpoint in ${local.region} that this version knows of: mail can be sent there by the API only, and no credential would ever log in.
      Deploy to another Region: ${join(", ", local.smtp_regions)}.
      Has ${local.region} got one? See https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_smtp_endpoints and nslookup email-smtp.${local.region}.amazonaws.com, then set smtp_host to that name.
    EOT
  }
}

variable "tls_required" {
  description = "Whether SES delivers only over TLS, and gives up if the receiver does not support it. Applies to all mail of the domains, also from other senders than credentials."
  type        = bool
  nullable    = false
  default     = true
}

variable "sending_metrics" {
  description = "Whether SES publishes CloudWatch metrics of the configuration set, in addition to those of the account. Up to seven metrics, which cost money while mail is sent."
  type        = bool
  nullable    = false
  default     = false
}

variable "event_log" {
  description = "Whether SES events are stored in CloudWatch Logs. They contain addresses of senders and recipients. SES delivers them with best effort, so a missing event proves nothing; counting and checking use the topics instead."
  type        = bool
  nullable    = false
  default     = true
}

variable "event_log_retention_days" {
  description = "Retention of SES events, in days."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.event_log_retention_days)
    error_message = "event_log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "history_log" {
  description = "Whether every transition of a credential is stored in CloudWatch Logs, for its history: what happened, when, and who asked."
  type        = bool
  nullable    = false
  default     = true
}

variable "history_log_retention_days" {
  description = "Retention of the credentials' history, in days."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.history_log_retention_days)
    error_message = "history_log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

# Notifications.

variable "alert_emails" {
  description = "Addresses that receive the alarms. Each must first confirm by a link. They may be sensitive or unknown before the apply, but their number must be known. Add new ones at the end: removing an address makes those after it confirm again."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails must be e-mail addresses."
  }

  validation {
    condition     = length(distinct(var.alert_emails)) == length(var.alert_emails)
    error_message = "alert_emails must not name an address twice."
  }
}

variable "topics_kms_key_arn" {
  description = "ARN of a KMS key for the topics; empty for SNS's own encryption. Its policy needs the statement of the output topics_kms_key_policy_statement, or nothing arrives. Write the statement into the key itself (policy of aws_kms_key, like the example complete): a policy that is added after the topics is too late, because SES tests a topic when it is configured. Whether SES meets the statement's condition isn't documented: docs/first-hour-on-aws.md has a test, and a statement without the condition."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-zA-Z0-9-]+)?$", var.topics_kms_key_arn))
    error_message = "topics_kms_key_arn must be the ARN of a KMS key, or empty. alias/aws/sns won't do: SES and CloudWatch can't use it."
  }

  validation {
    condition     = try(split(":", var.topics_kms_key_arn)[3], local.region) == local.region
    error_message = "topics_kms_key_arn is a key of the Region ${try(split(":", var.topics_kms_key_arn)[3], "?")}, and this deployment is in ${local.region}, which can't use it. Name a key of ${local.region}; of a multi-Region key, its replica there."
  }
}

variable "alarms" {
  description = "Whether to create alarms."
  type        = bool
  nullable    = false
  default     = true
}

variable "alarm_thresholds" {
  description = "Thresholds of the alarms. daily_sending_quota is the account's, as aws sesv2 get-account shows it."
  type = object({
    oldest_message_seconds = optional(number, 3600)
    function_errors        = optional(number, 1)
    stream_age_seconds     = optional(number, 300)
    provisioning_failures  = optional(number, 1)
    verification_failures  = optional(number, 1)
    bounce_rate_percent    = optional(number, 4)
    complaint_rate_percent = optional(number, 0.08)
    daily_sending_quota    = optional(number, 50000)
    sending_quota_percent  = optional(number, 80)
    iam_users_percent      = optional(number, 80)
  })
  nullable = false
  default  = {}

  validation {
    condition = alltrue([
      for threshold in [
        var.alarm_thresholds.oldest_message_seconds, var.alarm_thresholds.function_errors, var.alarm_thresholds.stream_age_seconds,
        var.alarm_thresholds.provisioning_failures, var.alarm_thresholds.verification_failures, var.alarm_thresholds.daily_sending_quota,
      ] : threshold >= 1
    ])
    error_message = "Each threshold that isn't a percentage must be 1 or more."
  }

  validation {
    condition = alltrue([
      for percent in [
        var.alarm_thresholds.bounce_rate_percent, var.alarm_thresholds.complaint_rate_percent, var.alarm_thresholds.sending_quota_percent,
        var.alarm_thresholds.iam_users_percent,
      ] : percent > 0 && percent <= 100
    ])
    error_message = "Each threshold in percent must be above 0 and at most 100."
  }

  validation {
    condition     = var.alarm_thresholds.bounce_rate_percent < 10 && var.alarm_thresholds.complaint_rate_percent < 0.5
    error_message = "bounce_rate_percent must be below 10 and complaint_rate_percent below 0.5: from there on SES may stop the account, and an alarm comes too late."
  }
}

variable "runbooks_url" {
  description = "Where the runbooks can be read, without a slash at the end; alarms link to it. By default the folder in this repository."
  type        = string
  nullable    = false
  default     = "docs/runbooks"

  validation {
    condition     = can(regex("^[^\\s]+[^\\s/]$", var.runbooks_url))
    error_message = "runbooks_url must be a URL or a path without spaces and without a slash at the end."
  }
}

variable "dashboard" {
  description = "Whether there is a dashboard."
  type        = bool
  nullable    = false
  default     = true
}

# Access and audit.

variable "admin_principals" {
  description = "For each role of people, the ARNs of the accounts, roles or users that may take it on. A role exists only if somebody is named for it: nobody reads passwords unless named as secret_reader. The ARNs may be known only after the apply, if their number is known."
  type = object({
    viewer        = optional(list(string), [])
    operator      = optional(list(string), [])
    secret_reader = optional(list(string), [])
  })
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for arn in flatten(values(var.admin_principals)) : can(regex("^arn:aws[a-z-]*:(iam|sts)::\\d{12}:(root|(user|role|assumed-role)/.+)$", arn))])
    error_message = "admin_principals must be ARNs of accounts (…:root), users or roles; * is not among them."
  }
}

variable "redrive_principals" {
  description = "ARNs of roles and users besides the role operator that may return parked SES events to their queues; * stands for any text. Everybody else is refused there, whatever their policies say, so that nobody can forge events."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.redrive_principals : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:(role|user)/.+$", arn))])
    error_message = "redrive_principals must be ARNs of roles or users."
  }
}

variable "admin_require_mfa" {
  description = "Whether those roles need a second factor in the same session. Sessions of IAM Identity Center don't show theirs: switch it off for them."
  type        = bool
  nullable    = false
  default     = true
}

variable "admin_api" {
  description = "Whether to create the admin API: an HTTP API with IAM authorization, and the two functions behind it. The roles of admin_principals may then call its routes."
  type        = bool
  nullable    = false
  default     = false
}

variable "admin_api_throttling" {
  description = "How many requests the admin API takes: in a burst, and each second. More are 429."
  type = object({
    burst = optional(number, 40)
    rate  = optional(number, 20)
  })
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for limit in values(var.admin_api_throttling) : limit >= 1 && floor(limit) == limit])
    error_message = "admin_api_throttling takes whole numbers above 0: 0 would refuse every request."
  }
}

variable "audit" {
  description = "Whether a CloudTrail trail records the account's management calls and the writes to the table. Leave it off where the account has a trail."
  type        = bool
  nullable    = false
  default     = false
}

variable "audit_options" {
  description = "Whether the trail records reads of the table as well, and how long its files are kept."
  type = object({
    with_reads     = optional(bool, false)
    retention_days = optional(number, 365)
  })
  nullable = false
  default  = {}

  validation {
    condition     = var.audit_options.retention_days >= 1 && floor(var.audit_options.retention_days) == var.audit_options.retention_days
    error_message = "audit_options.retention_days must be a whole number above 0."
  }
}
