# SES's endpoints by Region. Both lists change over time; AWS's tables are authoritative:
# https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_smtp_endpoints

locals {
  # All other Regions have only SES's API, and email-smtp.REGION.amazonaws.com doesn't resolve. The variable smtp_host is for a Region
  # that gets an endpoint later.
  smtp_regions = [
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
    "us-gov-west-1", "us-west-1", "us-west-2",
  ]
  smtp_host = var.smtp_host == "" ? "email-smtp.${local.region}.amazonaws.com" : var.smtp_host

  # GovCloud's console has its own host.
  console_host = local.partition == "aws-us-gov" ? "console.amazonaws-us-gov.com" : "${local.region}.console.aws.amazon.com"
}
