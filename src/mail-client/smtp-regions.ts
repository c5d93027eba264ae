/**
 * The Regions with an SMTP endpoint. The list changes over time; AWS's table is authoritative:
 * https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_smtp_endpoints
 */
const smtpRegions = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
] as const;

/** Why an SMTP password for a Region would be of no use. */
export interface SmtpRegionProblem {
  /** Stable word for programs. A Region `region-without-endpoint` may have got one after this version. */
  readonly code: 'region-syntax' | 'region-without-endpoint';
  readonly message: string;
}

/** Says why a Region can't be that of an SMTP password; undefined if it has an SMTP endpoint. */
export function checkSmtpRegion(region: string): SmtpRegionProblem | undefined {
  if (smtpRegions.some((each) => each === region)) return undefined;
  if (!/^[a-z]{2,4}(?:-[a-z]{2,20}){1,3}-\d{1,2}$/.test(region)) {
    return { code: 'region-syntax', message: 'A Region is written like eu-central-1, in lower case.' };
  }
  return {
    code: 'region-without-endpoint',
    message: `SES has no SMTP endpoint in ${region} that this version knows of. It has in ${smtpRegions.join(', ')}.`,
  };
}

/** The Regions with an SMTP endpoint, in the order of the alphabet. */
export function listSmtpRegions(): readonly string[] {
  return smtpRegions;
}
