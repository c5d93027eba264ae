import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIamUserName } from './iam-user-name.ts';
import { readUsernameHint } from './username-of-iam-user.ts';

const usernames = fc.stringMatching(/^[A-Za-z0-9+=@_-]{1,128}$/);
const times = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 });

describe('the name of an IAM user', () => {
  it('contains its username, shortened or not', () => {
    fc.assert(
      fc.property(usernames, times, (username, atMs) => {
        const name = buildIamUserName(username, atMs);
        const hint = readUsernameHint(name);
        expect(hint?.whole === username || username.startsWith(hint?.beginning ?? '\n')).toBe(true);
      }),
    );
  });

  it.each(['root', 'ses-smtp-user-ann', 'ses-smtp-user--1700000000000', 'somebody-1700000000000', ''])(
    'says nothing when it is %j',
    (name) => {
      expect(readUsernameHint(name)).toBeUndefined();
    },
  );

  it('may look shortened without being shortened', () => {
    const username = `${'a'.repeat(27)}.0123abcd`;
    const name = buildIamUserName(username, 1_700_000_000_000);
    expect(readUsernameHint(name)).toEqual({ whole: username, beginning: 'a'.repeat(27) });
  });
});
