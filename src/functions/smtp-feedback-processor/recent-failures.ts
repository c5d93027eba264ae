import type { CountableItem } from '../../mail-events/feedback-counter.ts';

/** How many usernames are remembered at most. */
const maxKept = 500;

/** The credentials of which this process has counted hard bounces or complaints: each mail more may make a volume worth judging. */
export interface RecentFailures {
  has(username: string): boolean;
  /** Looks at what was just counted. */
  add(username: string, countables: readonly CountableItem[]): void;
}

export function createRecentFailures(): RecentFailures {
  const usernames = new Set<string>();
  return {
    has: (username) => usernames.has(username),
    add(username, countables) {
      if (countables.some(({ counter }) => counter === 'hard_bounces' || counter === 'complaints'))
        usernames.add(username);
      // Forgetting costs little: the next bounce tells again.
      if (usernames.size > maxKept) usernames.clear();
    },
  };
}
