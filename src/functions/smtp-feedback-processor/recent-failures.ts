import type { CountableItem } from '../../mail-events/feedback-counter.ts';

/** How many usernames are remembered at most. */
const maxKept = 500;

/** The credentials of which this process has counted hard bounces or complaints: each mail more may make a volume worth judging. */
export interface RecentFailures {
  has(username: string): boolean;
  /** Looks at what was just counted. */
  add(username: string, units: readonly CountableItem[]): void;
}

export function createRecentFailures(): RecentFailures {
  const troubled = new Set<string>();
  return {
    has: (username) => troubled.has(username),
    add(username, units) {
      if (units.some(({ counter }) => counter === 'hard_bounces' || counter === 'complaints')) troubled.add(username);
      // Forgetting costs little: the next bounce tells again.
      if (troubled.size > maxKept) troubled.clear();
    },
  };
}
