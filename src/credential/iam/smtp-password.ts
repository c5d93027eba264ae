import { createHmac } from 'node:crypto';

/**
 * Derives the SMTP password of an access key, by SES's algorithm of version 4. It is valid in that region only.
 *
 * @param secretAccessKey the key's secret; neither it nor the result may be logged
 * @param region the region of the SMTP endpoint, for example `eu-central-1`
 * @returns base64 of the version byte and the signature, 44 characters
 * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html#smtp-credentials-convert
 */
export function deriveSmtpPassword(secretAccessKey: string, region: string): string {
  // SES prescribes this fixed date: the signature must not expire.
  const steps = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'];
  const signature = steps.reduce<Buffer>(sign, Buffer.from(`AWS4${secretAccessKey}`, 'utf8'));
  return Buffer.concat([Buffer.of(0x04), signature]).toString('base64');
}

function sign(key: Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message, 'utf8').digest();
}
