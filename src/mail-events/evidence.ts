import { quoteValue } from '../values/quote-value.ts';
import type { PassedQuota } from './quota.ts';
import type { SenderAddress } from './sender-addresses.ts';
import type { SendingEvent } from './sending-event.ts';
import type { Breach } from './thresholds.ts';
import type { WindowName } from './windows.ts';

const placeInWords = { envelope: 'the envelope', from: 'the From header', sender: 'the Sender header' } as const;
const windowInWords = { hour: 'this hour', day: '24 hours', '7d': '7 days', '30d': '30 days' } as const;
const maxSendersShown = 3;

/** Describes a violation: which sender, where, in which mail. Never includes a subject, a recipient or content. */
export function describeViolation(event: SendingEvent, senders: readonly SenderAddress[], moreSenders = 0): string {
  const shown = senders
    .slice(0, maxSendersShown)
    .map(({ where, address }) => `${quoteValue(address)} in ${placeInWords[where]}`);
  const hidden = moreSenders + senders.length - shown.length;
  const at = new Date(event.sentAtMs ?? event.atMs).toISOString();
  const from = event.sourceIp === undefined ? '' : `, from ${quoteValue(event.sourceIp)}`;
  return (
    `Mail ${quoteValue(event.messageId, 90)} of ${at}${from}, names ${shown.join(', ')}` +
    `${hidden > 0 ? ` and ${hidden} more` : ''}, which allowed_from_addresses doesn't allow.`
  );
}

/** Lists the limits that were reached. */
export function describeBreaches(breaches: readonly Breach[]): string {
  return breaches
    .map(({ metric, window, rate, limit, count, volume }) => {
      const what = metric === 'bounce' ? 'hard bounces' : 'complaints';
      return `${count} ${what} of ${volume} recipients in ${windowInWords[window]}: ${percent(rate)}, the limit is ${percent(limit)}.`;
    })
    .join(' ');
}

/** States how many violations the validator's window holds. */
export function describeViolationCount(count: number, window: WindowName): string {
  return `${count} mails in ${windowInWords[window]} named senders that allowed_from_addresses doesn't allow.`;
}

/** States which quota was exceeded, and when its window ends. */
export function describeQuota({ window, sends, limit, isDefault, startMs, untilMs }: PassedQuota): string {
  const end = new Date(untilMs).toISOString();
  const isRunning = untilMs - startMs <= (window === 'day' ? 86_400_000 : 3_600_000);
  const which = isRunning ? `this ${window}` : `the ${window} from ${new Date(startMs).toISOString()}`;
  const origin = isDefault === true ? ' (the default, because the record has no valid quota_per_day)' : '';
  return `${sends} recipients in ${which} (UTC), the quota is ${limit}${origin}. It ends automatically at ${end}; to keep the credential off, remove suspension from the record.`;
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}
