# What SES has in the Region. Both lists change; AWS's tables are the truth:
# https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_smtp_endpoints

locals {
  # In every other Region SES is used by its API only, and the name email-smtp.REGION.amazonaws.com doesn't resolve.
  # A Region that gets an endpoint later is said by the variable smtp_host.
  smtp_regions = [
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
    "us-gov-west-1", "us-west-1", "us-west-2",
  ]
  smtp_host = var.smtp_host == "" ? "email-smtp.${local.region}.amazonaws.com" : var.smtp_host

  # GovCloud's console has a host of its own.
  console_host = local.partition == "aws-us-gov" ? "console.amazonaws-us-gov.com" : "${local.region}.console.aws.amazon.com"
}
