/** Counters of a credential's mails, by rolling window. */
export interface Statistics {
  readonly username: string;
  readonly windows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly [attribute: string]: unknown;
}

/** The windows, shortest first. */
export const windows = ['hour', 'day', '7d', '30d'] as const;

/** The counters, in the order of a mail's life. */
export const counters = [
  'sends',
  'deliveries',
  'hard_bounces',
  'soft_bounces',
  'complaints',
  'rejects',
  'violations',
] as const;

/** Counters that aren't zero, as one line. */
export function countersOf(window: Readonly<Record<string, number>> = {}): string {
  const counted = counters.filter((name) => (window[name] ?? 0) > 0);
  if (counted.length === 0) return 'no mail';
  return counted.map((name) => `${window[name]} ${name.replaceAll('_', ' ')}`).join(', ');
}
