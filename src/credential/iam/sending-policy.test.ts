import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../errors.ts';
import { parseAddressPattern } from '../patterns/address-pattern.ts';
import { buildSendingPolicy, MAX_INLINE_POLICY_LENGTH, MAX_MANAGED_POLICY_LENGTH } from './sending-policy.ts';

const scope = { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' };

describe('buildSendingPolicy', () => {
  it('limits the sender', () => {
    const { document, digest, form } = buildSendingPolicy({ ...scope, patterns: ['b@example.com', '*@example.org'] });
    expect(document).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ses:SendEmail","ses:SendRawEmail"],"Resource":"*",' +
        '"Condition":{"StringLike":{"ses:FromAddress":["*@example.org","b@example.com"]}}}]}',
    );
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(form).toBe('inline');
  });

  it('names identities and configuration set of the account and region', () => {
    const { document } = buildSendingPolicy({ ...scope, patterns: ['a@example.com'], configurationSet: 'smtp' });
    expect(JSON.parse(document).Statement[0].Resource).toEqual([
      'arn:aws:ses:eu-central-1:123456789012:identity/*',
      'arn:aws:ses:eu-central-1:123456789012:configuration-set/smtp',
    ]);
  });

  it('reaches the mailbox simulator only in a sandbox, whatever the recipients say', () => {
    const input = { ...scope, patterns: ['a@example.com'] };
    const { document, digest } = buildSendingPolicy({ ...input, isSandbox: true });
    expect(JSON.parse(document).Statement[0].Condition).toEqual({
      StringLike: { 'ses:FromAddress': ['a@example.com'] },
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@simulator.amazonses.com'] },
      Null: { 'ses:Recipients': 'false' },
    });
    expect(buildSendingPolicy({ ...input, isSandbox: true, recipients: ['*@example.org'] }).digest).toBe(digest);
    expect(buildSendingPolicy({ ...input, isSandbox: false }).digest).toBe(buildSendingPolicy(input).digest);
  });

  it('adds networks and recipients, and requires the recipients key', () => {
    const patterns = ['a@example.com'];
    const { document } = buildSendingPolicy({
      ...scope,
      patterns,
      sourceIps: ['192.0.2.1'],
      recipients: ['*@example.net'],
    });
    expect(JSON.parse(document).Statement[0].Condition).toEqual({
      StringLike: { 'ses:FromAddress': ['a@example.com'] },
      IpAddress: { 'aws:SourceIp': ['192.0.2.1'] },
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.net'] },
      Null: { 'ses:Recipients': 'false' },
    });
  });

  it('limits the envelope sender only if the record names envelope senders', () => {
    const { document } = buildSendingPolicy({
      ...scope,
      patterns: ['news@example.com'],
      envelopeSenders: ['bounces+*@example.com'],
    });
    expect(JSON.parse(document).Statement[0].Condition).toEqual({
      StringLike: { 'ses:FromAddress': ['news@example.com'] },
      StringLikeIfExists: { 'ses:FeedbackAddress': ['bounces+*@example.com'] },
    });
  });

  it('gives the same digest for the same set in any order', () => {
    const [one, two] = ['a@example.com', 'b@example.com'];
    const digest = buildSendingPolicy({ ...scope, patterns: [one, two] }).digest;
    expect(buildSendingPolicy({ ...scope, patterns: [two, one, two] }).digest).toBe(digest);
    expect(buildSendingPolicy({ ...scope, patterns: [one] }).digest).not.toBe(digest);
  });

  it('is managed one character above the inline limit, and refused one above the managed limit', () => {
    expect(buildSendingPolicy(ofLength(MAX_INLINE_POLICY_LENGTH)).form).toBe('inline');
    expect(buildSendingPolicy(ofLength(MAX_INLINE_POLICY_LENGTH + 1)).form).toBe('managed');
    expect(buildSendingPolicy(ofLength(MAX_MANAGED_POLICY_LENGTH)).form).toBe('managed');
    expect(() => buildSendingPolicy(ofLength(MAX_MANAGED_POLICY_LENGTH + 17))).toThrowError(
      expect.objectContaining({
        code: 'PolicyTooLarge',
        kind: 'permanent',
        message: expect.stringMatching(/^allowed_from_addresses: .* 17 more than the 6144 .* split them/),
      }),
    );
  });

  it('names every attribute that contributes to the size', () => {
    const input = { ...ofLength(7000), sourceIps: ['192.0.2.1'], recipients: ['a@example.com'] };
    expect(() => buildSendingPolicy(input)).toThrow(/^allowed_from_addresses, allowed_source_ips, allowed_recipients:/);
  });

  it('is JSON within the limits for any patterns, or refused', () => {
    const pattern = fc.stringMatching(/^([a-z0-9!#$%&'+/=^_`{|}~-]{1,60}|\*)@([a-z0-9]{1,30}\.){1,4}com$/);
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 100 }), (patterns) => {
        fc.pre(patterns.every((text) => !text.includes('${')));
        const input = { ...scope, patterns: patterns.map((text) => parseAddressPattern(text)) };
        try {
          const { document, form } = buildSendingPolicy(input);
          const limit = form === 'inline' ? MAX_INLINE_POLICY_LENGTH : MAX_MANAGED_POLICY_LENGTH;
          expect(document.length).toBeLessThanOrEqual(limit);
          const told = JSON.parse(document).Statement[0].Condition.StringLike['ses:FromAddress'];
          expect(new Set(told)).toEqual(new Set(input.patterns));
        } catch (error) {
          if (!(error instanceof InvalidRecordError)) throw error;
          expect(error.code).toBe('PolicyTooLarge');
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** An input whose document has exactly this many characters. */
function ofLength(length: number) {
  const patterns: string[] = [];
  const measure = () => JSON.stringify(patterns).length + empty;
  const empty = buildSendingPolicy({ ...scope, patterns: [] }).document.length - 2;
  while (measure() < length - 120) patterns.push(`user-number-${String(patterns.length).padStart(4, '0')}@example.com`);
  const missing = length - measure() - 3;
  patterns.push(`z${'x'.repeat(missing - '@example.com'.length - 1)}@example.com`);
  return { ...scope, patterns };
}
