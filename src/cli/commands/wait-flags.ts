import type { Flags } from '../command/flag.ts';

/** Flags of commands whose outcome comes a moment after their write. */
export const waitFlags = {
  wait: { summary: 'Wait for the outcome' },
  timeout: { value: 'SECONDS', range: [1, 3_600], summary: 'How long to wait at most (120)' },
} as const satisfies Flags;

export const defaultTimeout = 120;

/** The longest that one request waits, in seconds. API Gateway gives up soon after. */
export const longestWait = 25;
