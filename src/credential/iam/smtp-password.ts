import { createHmac } from 'node:crypto';

/**
 * Derives the SMTP password of an access key with version 4 of SES's algorithm. It is only valid in that Region.
 *
 * @param secretAccessKey the key's secret; neither it nor the result may be logged
 * @param region the Region of the SMTP endpoint, for example `eu-central-1`
 * @returns base64 of the version byte and the signature, 44 characters
 * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html#smtp-credentials-convert
 */
export function deriveSmtpPassword(secretAccessKey: string, region: string): string {
  // SES prescribes this fixed date, so that the signature doesn't expire.
  const steps = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'];
  const signature = steps.reduce<Buffer>(sign, Buffer.from(`AWS4${secretAccessKey}`, 'utf8'));
  return Buffer.concat([Buffer.of(0x04), signature]).toString('base64');
}

function sign(key: Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message, 'utf8').digest();
}
