import type { Item } from '../credential-table.ts';
import { readAttribute, type SpecAttribute, wholeNumber } from './spec-attribute.ts';

/**
 * The attributes that limit how much a credential may send. They are separate from the rest of the spec because the
 * feedback processor reads them, and must not load the address parsers.
 */
export const quotas = {
  quota_per_hour: {
    ...wholeNumber('InvalidQuotaPerHour', 'recipients'),
    default: 'none',
    description: 'recipients in an hour; exceeding it suspends the credential until the hour ends',
    effect: 'reconcile',
  },
  quota_per_day: {
    ...wholeNumber('InvalidQuotaPerDay', 'recipients'),
    default: "the deployment's `default_quota_per_day`, or none",
    description: 'recipients in a day; exceeding it suspends the credential until the day ends',
    effect: 'reconcile',
  },
} as const satisfies Readonly<Record<string, SpecAttribute<number>>>;

/**
 * How many recipients a credential may send to in an hour or a day. Undefined if there is no limit, or it is invalid.
 */
export function readQuota(item: Item, name: keyof typeof quotas): number | undefined {
  return readAttribute(item, name, quotas[name]);
}
