import { randomUUID } from 'node:crypto';

/** The first four digits of SES's message ids, where real ids have shown them. */
const regionPrefixes: Readonly<Record<string, string>> = {
  'us-east-1': '0100',
  'us-west-2': '0101',
  'eu-west-1': '0102',
  'ap-northeast-1': '0106',
  'eu-central-1': '0107',
};

/** Makes a message id in SES's format: Region, time in milliseconds as hexadecimal, UUID, and a counter, here always zero. */
export function makeSesMessageId(region: string, now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `${regionPrefixes[region] ?? '0100'}${time}-${randomUUID()}-000000`;
}
