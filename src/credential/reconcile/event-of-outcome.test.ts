import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { EVENT_SOURCE } from '../credential-event.ts';
import { SesameError } from '../errors.ts';
import type { Transition } from '../transition.ts';
import type { Outcome } from './contract.ts';
import { eventOfOutcome } from './event-of-outcome.ts';

const schema = JSON.parse(readFileSync(new URL('../../../docs/events.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const about = { table: 'mail', username: 'john.doe', correlationId: 'event-1', nowMs: 1_795_000_000_000 };
const item = {
  status: 'active',
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
  encrypted_password: 'the ciphertext',
  previous_key: { access_key_id: 'AKIAOLD', encrypted_password: 'older', retire_after: '2026-12-01T00:00:00.000Z' },
  suspension: { reason: 'AwsQuarantine', evidence: 'words' },
  valid_until: '2027-03-31',
  owner: 'Billing',
  labels: { team: 'billing' },
  requested_by: 'arn:aws:iam::123456789012:role/ops',
};
// This type makes sure that every transition is listed.
const transitions: Record<Transition, true> = {
  activated: true,
  enabled: true,
  disabled: true,
  changed: true,
  recreated: true,
  suspended: true,
  'rotation-due': true,
  'expiry-due': true,
  rotated: true,
  'key-retired': true,
  'key-deleted': true,
  'rotation-undone': true,
  'still-in-use': true,
};
const error = new SesameError('ThrottlingException', 'retryable', 'It was throttled.');
const outcomes: Outcome[] = [
  ...Object.keys(transitions).map((name): Outcome => {
    const status = name === 'suspended' || name === 'disabled' ? 'disabled' : 'active';
    return { result: 'converged', transition: name as Transition, item: { ...item, status } };
  }),
  { result: 'missing', deletedIamUserName: 'ses-smtp-user-john.doe-1795000000000' },
  { result: 'failed', error },
  { result: 'invalid', error },
];

describe('the event of an outcome', () => {
  it.each(outcomes)('%o matches the schema and contains no ciphertext', (outcome) => {
    const event = eventOfOutcome(outcome, about);
    expect(event).toBeDefined();
    const delivered = { source: EVENT_SOURCE, 'detail-type': event?.type, detail: event?.detail };
    expect(isValid(delivered), JSON.stringify(isValid.errors)).toBe(true);
    expect(JSON.stringify(delivered)).not.toContain('cipher');
    expect(JSON.stringify(delivered)).not.toContain('older');
  });

  it('of a failure or a suspension names a runbook', () => {
    const suspended = eventOfOutcome({ result: 'converged', transition: 'suspended', item }, about);
    expect(suspended?.detail).toMatchObject({ code: 'AwsQuarantine', runbook: 'compromised-key' });
    const full = new SesameError('IamUserQuotaReached', 'retryable', 'words');
    expect(eventOfOutcome({ result: 'failed', error: full }, about)?.detail.runbook).toBe('iam-quota-reached');
    expect(eventOfOutcome({ result: 'failed', error }, about)?.detail.runbook).toBe('failed-credential');
  });

  it('names the owner and who requested the change, even for a failure', () => {
    const named = { owner: 'Billing', labels: { team: 'billing' }, requested_by: item.requested_by };
    expect(eventOfOutcome({ result: 'converged', transition: 'changed', item }, about)?.detail).toMatchObject(named);
    expect(eventOfOutcome({ result: 'failed', error, item }, about)?.detail).toMatchObject(named);
    const damaged = { ...item, owner: 7, labels: { team: { more: 'x' } }, requested_by: '' };
    const { detail } = eventOfOutcome({ result: 'invalid', error, item: damaged }, about) ?? {};
    for (const name of Object.keys(named)) expect(detail).not.toHaveProperty(name);
  });

  it('of a suspension gives the reason as a code and in words', () => {
    const suspended = eventOfOutcome(
      { result: 'converged', transition: 'suspended', item: { ...item, status: 'disabled' } },
      about,
    );
    expect(suspended?.detail).toMatchObject({ code: 'AwsQuarantine', reason: 'words' });
    const disabled = eventOfOutcome({ result: 'converged', transition: 'disabled', item }, about);
    expect(disabled?.detail).toMatchObject({ code: 'AwsQuarantine', reason: 'words' });
    // Repeated after somebody has removed the attribute: the event still matches the schema.
    const { suspension: _, ...without } = { ...item, status: 'disabled' };
    const again = eventOfOutcome({ result: 'converged', transition: 'suspended', item: without }, about);
    expect(again?.detail).toMatchObject({ code: 'SuspensionRemoved', reason: expect.stringContaining('no longer') });
    const late = eventOfOutcome({ result: 'converged', transition: 'disabled', item: without }, about);
    expect(late?.detail).not.toHaveProperty('code');
  });

  it.each<Transition>(['activated', 'enabled', 'changed', 'rotated', 'key-retired', 'key-deleted', 'rotation-undone'])(
    'of %s does not repeat a suspension that is still on the record',
    (transition) => {
      const { detail } = eventOfOutcome({ result: 'converged', transition, item }, about) ?? {};
      expect(detail).not.toHaveProperty('code');
      expect(detail).not.toHaveProperty('reason');
    },
  );

  it.each(['code', 'reason', 'status'])('of a suspension without its %s does not match the schema', (missing) => {
    const event = eventOfOutcome(
      { result: 'converged', transition: 'suspended', item: { ...item, status: 'disabled' } },
      about,
    );
    const detail = { ...event?.detail, [missing]: undefined };
    const delivered = JSON.parse(JSON.stringify({ source: EVENT_SOURCE, 'detail-type': 'suspended', detail }));
    expect(isValid(delivered)).toBe(false);
  });

  it('of a deletion names the owner and who requested it', () => {
    const attribution = { owner: 'Team', requested_by: 'jo' };
    const outcome = { result: 'missing', deletedIamUserName: 'ses-smtp-user-jane-1795000000000', attribution } as const;
    expect(eventOfOutcome(outcome, about)).toMatchObject({ type: 'deleted', detail: attribution });
  });

  it('does not exist if nothing happened', () => {
    expect(eventOfOutcome({ result: 'converged', transition: undefined, item }, about)).toBeUndefined();
    expect(eventOfOutcome({ result: 'missing' }, about)).toBeUndefined();
    expect(eventOfOutcome({ result: 'failed', error, isNews: false }, about)).toBeUndefined();
    expect(eventOfOutcome({ result: 'busy', retryAfterSeconds: 3 }, about)).toBeUndefined();
  });

  it('covers every type of the schema', () => {
    const types = schema.properties['detail-type'].enum as string[];
    const made = new Set(outcomes.map((outcome) => eventOfOutcome(outcome, about)?.type));
    expect(types.filter((type) => !made.has(type as never))).toEqual([
      'verified',
      'verification failed',
      'drift found',
      'violation',
      'feedback warning',
      'suspension ended',
      'revealed',
    ]);
  });
});
