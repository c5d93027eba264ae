import { describe, expect, it } from 'vitest';
import { matchIdentity, type SesIdentity } from './ses-identities.ts';

const identity = (name: string, verified = true): SesIdentity => ({ name, verified });
const identities = [identity('example.com'), identity('john@example.com'), identity('b.example.org', false)];

describe('matchIdentity', () => {
  it.each([
    ['john@example.com', 'john@example.com'],
    ['john@EXAMPLE.com', 'john@example.com'],
    ['John@example.com', 'example.com'],
    ['jane@example.com', 'example.com'],
    ['jane@a.b.example.com', 'example.com'],
    ['jane@c.b.example.org', 'b.example.org'],
    ['jane@badexample.com', undefined],
    ['jane@com', undefined],
    ['jane@example.org', undefined],
  ])('%s belongs to %s', (address, name) => {
    expect(matchIdentity(address, identities)?.name).toBe(name);
  });

  it('prefers a verified parent to a nearer unverified identity', () => {
    const mixed = [identity('jane@example.com', false), identity('example.com')];
    expect(matchIdentity('jane@example.com', mixed)?.name).toBe('example.com');
  });
});
