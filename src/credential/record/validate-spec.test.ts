import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../errors.ts';
import { readDesiredState } from './desired-state.ts';
import { readRecord } from './record.ts';
import { validateSpec } from './validate-spec.ts';

const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
const least = { status: 'pending', allowed_from_addresses: ['*@example.com'] };

describe('the validation of a spec', () => {
  it('reports every fault, with attribute, code and remedy', () => {
    const attributes = {
      status: 'on',
      entity_type: 'person',
      rotate_after_days: 0,
      rotate_requested: 'yes',
      quota_per_hour: -1,
      allowed_from_addresses: ['jane', '*'],
      allowed_source_ips: 'home',
      allowed_recipients: ['x'],
      sandbox: 1,
      valid_until: 'soon',
      owner: ' ',
      labels: ['team'],
    };
    const { faults } = validateSpec({ attributes, username: 'a b' });
    expect(faults.map(({ attribute, code }) => [attribute, code])).toEqual([
      ['SK', 'InvalidUsername'],
      ['status', 'InvalidStatus'],
      ['entity_type', 'InvalidEntityType'],
      ['rotate_after_days', 'InvalidRotateAfterDays'],
      ['rotate_requested', 'InvalidRotateRequested'],
      ['quota_per_hour', 'InvalidQuotaPerHour'],
      ['allowed_from_addresses', 'InvalidAddressPattern'],
      ['allowed_source_ips', 'InvalidAllowedSourceIps'],
      ['allowed_recipients', 'InvalidAddressPattern'],
      ['sandbox', 'InvalidSandbox'],
      ['valid_until', 'InvalidValidUntil'],
      ['owner', 'InvalidOwner'],
      ['labels', 'InvalidLabels'],
    ]);
    for (const { attribute, message } of faults) expect(message.startsWith(`${attribute}: `), message).toBe(true);
  });

  it('agrees with the parsing of a record', () => {
    const attributes = { status: 'on', allowed_from_addresses: ['jane'], labels: { team: 7, 'a b': 'c' } };
    const { faults } = validateSpec({ attributes, username: 'jane' });
    const read = () => readDesiredState(readRecord('jane', attributes), scope);
    expect(read).toThrowError(InvalidRecordError);
    expect(read).toThrowError(expect.objectContaining({ code: faults[0]?.code }));
    for (const { message } of faults) expect(read).toThrow(message);
  });

  it('names what is missing', () => {
    const { faults } = validateSpec({ attributes: {} });
    expect(faults).toEqual([
      {
        attribute: 'status',
        code: 'InvalidStatus',
        message: 'status: is missing. Set it to "pending" (create, retry, enable) or "disabled".',
      },
      {
        attribute: 'allowed_from_addresses',
        code: 'InvalidAllowedFromAddresses',
        message:
          'allowed_from_addresses: is missing. Add a list of addresses or patterns, for example ["*@example.com"].',
      },
    ]);
  });

  it('checks the size of the policy if it knows the scope', () => {
    const long = Array.from({ length: 100 }, (_, n) => `${'a'.repeat(60)}${n}@example.com`);
    const attributes = { ...least, allowed_from_addresses: long };
    expect(validateSpec({ attributes }).faults).toEqual([]);
    expect(validateSpec({ attributes, scope }).faults).toMatchObject([
      { attribute: 'allowed_from_addresses', code: 'PolicyTooLarge' },
    ]);
  });

  it('accepts sets as well as lists', () => {
    expect(validateSpec({ attributes: { ...least, allowed_from_addresses: new Set(['a@example.com']) } })).toEqual({
      faults: [],
      warnings: [],
    });
  });

  it.each([
    [{ labels: new Set(['team']) }, 'is not a map'],
    [{ labels: { team: 'a\u202eb' } }, '<U+202E>'],
    [{ labels: { __proto: '' } }, '"__proto" is not a letter or digit'],
    [{ owner: 'x'.repeat(257) }, '257 characters, at most 256'],
    [{ owner: 'Jane\nRoe' }, 'invisible character'],
    [{ valid_until: '2027-02-30' }, '2027-02-30'],
  ])('refuses %o', (more, text) => {
    expect(validateSpec({ attributes: { ...least, ...more } }).faults).toMatchObject([
      { message: expect.stringContaining(text) },
    ]);
  });

  it("reports a fault for a DynamoDB value that JavaScript can't represent", () => {
    for (const value of [null, 7, true, new Uint8Array(3), [], {}, new Set([1])]) {
      for (const name of ['valid_until', 'owner', 'sandbox', 'labels', 'allowed_recipients']) {
        expect(() => validateSpec({ attributes: { ...least, [name]: value } })).not.toThrow();
      }
    }
  });
});

describe('a warning', () => {
  const warningsOf = (more: object, options: object = {}) =>
    validateSpec({ attributes: { ...least, ...more }, ...options });

  it.each([
    [{ requested_by: 7 }, 'requested_by', 'InvalidRequestedBy'],
    [{ requested_at: '2027-03-31' }, 'requested_at', 'InvalidRequestedAt'],
    [{ description: ['words'] }, 'description', 'InvalidDescription'],
    [{ allowed_source_ips: ['10.0.0.0/8', '203.0.113.7'] }, 'allowed_source_ips', 'PrivateSourceIp'],
    [{ sandbox: true, allowed_recipients: ['*@example.org'] }, 'allowed_recipients', 'RecipientsSetAside'],
  ])('for %o is no fault, and the record can be fulfilled', (more, attribute, code) => {
    expect(warningsOf(more)).toMatchObject({ faults: [], warnings: [{ attribute, code }] });
    const { warnings } = readDesiredState(readRecord('jane', { ...least, ...more }), scope);
    expect(warnings).toEqual([{ code, text: expect.stringContaining(`${attribute}: `) }]);
  });

  it("distinguishes the table's TTL attribute from valid_until", () => {
    const options = { expiryAttribute: 'expires_at' };
    expect(warningsOf({ expires_at: 1_800_000_000 }, options)).toMatchObject({
      faults: [],
      warnings: [{ attribute: 'expires_at', code: 'DeletedByTtl', message: expect.stringContaining('valid_until') }],
    });
    expect(warningsOf({}, options).warnings).toEqual([]);
    expect(warningsOf({ expires_at: 1 }).warnings).toEqual([]);
  });

  it('reports a valid_until that has passed', () => {
    const nowMs = Date.parse('2027-04-01T00:00:00Z');
    expect(warningsOf({ valid_until: '2027-03-31' }, { nowMs }).warnings).toMatchObject([{ code: 'ValidUntilPassed' }]);
    expect(warningsOf({ valid_until: '2027-03-31' }, { nowMs: nowMs - 1 }).warnings).toEqual([]);
  });
});
