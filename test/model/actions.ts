import fc from 'fast-check';
import type { Fate } from '../support/fake-cloud.ts';
import { damageCount, patternChoices, type Tampering, tamperings } from './administrator.ts';

export const usernames = ['john', 'jane'] as const;

/** One event of the model. `at` is an index into what is queued or running. */
export type Action =
  | { do: 'insert' | 'set patterns' | 'save'; user: string; choice: number }
  | {
      do: 'disable' | 'set pending' | 'set active' | 'delete' | 'open' | 'request rotation' | 'withdraw rotation';
      user: string;
    }
  | { do: 'verify' | 'use'; user: string }
  | { do: 'rotate after' | 'end after'; user: string; days: number }
  | { do: 'damage'; user: string; choice: number }
  | { do: 'copy'; user: string; to: string }
  | { do: 'tamper'; user: string; what: Tampering }
  | { do: 'deliver' | 'deliver twice' | 'drop' | 'kill'; at: number }
  | { do: 'fault'; at: number; fate: Fate }
  | { do: 'lag'; lags: number[] }
  | { do: 'calls'; count: number }
  | { do: 'pass'; ms: number }
  | { do: 'rotator' | 'calm down' };

const does = <Name extends Action['do'], More extends Record<string, fc.Arbitrary<unknown>>>(
  weight: number,
  name: Name,
  more: More,
) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), ...more }) as unknown as fc.Arbitrary<Action>,
});

const user = fc.constantFrom(...usernames);
const choice = fc.nat(patternChoices.length - 1);
const at = fc.nat(9);
const fate = fc.constantFrom<Fate>(
  'refused',
  'answer lost',
  'die before',
  'die after',
  'not visible yet',
  'denied yet',
);

const edits = [
  does(3, 'insert', { user, choice }),
  does(3, 'set patterns', { user, choice }),
  does(2, 'disable', { user }),
  does(3, 'set pending', { user }),
  does(1, 'set active', { user }),
  does(2, 'delete', { user }),
  does(3, 'request rotation', { user }),
  does(1, 'withdraw rotation', { user }),
  does(1, 'rotate after', { user, days: fc.integer({ min: 1, max: 30 }) }),
  does(1, 'end after', { user, days: fc.integer({ min: -1, max: 30 }) }),
  does(1, 'open', { user }),
  does(1, 'save', { user, choice }),
  does(1, 'copy', { user, to: user }),
  does(2, 'damage', { user, choice: fc.nat(damageCount - 1) }),
];

const functions = [
  does(8, 'deliver', { at }),
  does(2, 'deliver twice', { at }),
  does(10, 'calls', { count: fc.integer({ min: 1, max: 12 }) }),
  does(2, 'kill', { at }),
  does(3, 'fault', { at, fate }),
  does(3, 'pass', { ms: fc.constantFrom(1000, 20_000, 100_000, 86_400_000, 8 * 86_400_000) }),
  // IAM's reads lag by these numbers of calls, in turn.
  does(10, 'lag', { lags: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }) }),
  does(2, 'verify', { user }),
  does(1, 'use', { user }),
  does(1, 'rotator', {}),
  does(2, 'calm down', {}),
];

const losses = [does(1, 'drop', { at }), does(2, 'tamper', { user, what: fc.constantFrom(...tamperings) })];

const sequences = (...actions: { weight: number; arbitrary: fc.Arbitrary<Action> }[]) =>
  fc.array(fc.oneof(...actions), { maxLength: 40, size: 'max' });

/** No trigger is lost, and every change of a record makes one. */
export const losslessActions = sequences(...edits, ...functions);
/** Triggers get lost, and IAM is changed by hand. */
export const lossyActions = sequences(...edits, ...functions, ...losses);
