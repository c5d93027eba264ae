import type { FoundMessage } from '../admin/found-message.ts';
import type { SuppressedAddress } from '../deliverability/suppressed-addresses.ts';
import { toSnakeCase } from './snake-case.ts';

/** A mail in answers. */
export function presentMessage({ recipients, events, verdict, ...message }: FoundMessage) {
  return {
    ...toSnakeCase(message),
    recipients: recipients.map(({ suppression, ...standing }) => ({
      ...standing,
      ...(suppression === undefined ? {} : { suppression: suppression && presentSuppressed(suppression) }),
    })),
    events: events.map(toSnakeCase),
    verdict: toSnakeCase(verdict),
  };
}

export function presentSuppressed(entry: SuppressedAddress) {
  return toSnakeCase(entry);
}
