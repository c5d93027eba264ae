import type { CountableItem } from '../../mail-events/feedback-counter.ts';

/** The maximum number of usernames. */
const maxKept = 500;

/**
 * The credentials for which this process counted hard bounces or complaints. Each further mail may lift their volume
 * above the minimum for judging rates.
 */
export interface RecentFailures {
  has(username: string): boolean;
  /** Registers countables that were just counted. */
  add(username: string, countables: readonly CountableItem[]): void;
}

export function createRecentFailures(): RecentFailures {
  const usernames = new Set<string>();
  return {
    has: (username) => usernames.has(username),
    add(username, countables) {
      if (countables.some(({ counter }) => counter === 'hard_bounces' || counter === 'complaints'))
        usernames.add(username);
      // Clearing is cheap: the next bounce adds the username again.
      if (usernames.size > maxKept) usernames.clear();
    },
  };
}
