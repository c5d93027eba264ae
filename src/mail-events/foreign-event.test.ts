import { expect, it } from 'vitest';
import { findForeignOrigin } from './foreign-event.ts';

const ours = { accountId: '123456789012', configurationSet: 'smtp' };
const event = { sendingAccountId: '123456789012', configurationSet: 'smtp' };

it.each([
  [event, ours, undefined],
  [{ ...event, sendingAccountId: '999999999999' }, ours, 'account'],
  [{ ...event, configurationSet: 'theirs' }, ours, 'configuration set'],
  [{ ...event, configurationSet: 'SMTP' }, ours, 'configuration set'],
  // Older notifications name neither.
  [{ sendingAccountId: undefined, configurationSet: undefined }, ours, undefined],
  [{ ...event, configurationSet: 'theirs' }, { accountId: '123456789012' }, undefined],
])('%j at %j: %s', (each, origin, foreign) => {
  expect(findForeignOrigin(each, origin)).toBe(foreign);
});
