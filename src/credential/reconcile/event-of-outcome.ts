import type { CredentialEvent, CredentialEventDetail, CredentialEventType } from '../credential-event.ts';
import type { Item } from '../credential-table.ts';
import type { SesameError } from '../errors.ts';
import { describeCredential } from '../record/describe-credential.ts';
import { buildEventDetail } from '../record/event-detail.ts';
import { readRecord } from '../record/record.ts';
import { runbookOfCode } from '../record/runbook.ts';
import { describeSuspension } from '../record/suspension.ts';
import type { Transition } from '../transition.ts';
import type { Outcome } from './contract.ts';

const typeOfTransition: Record<Transition, CredentialEventType> = {
  activated: 'activated',
  recreated: 'activated',
  enabled: 'enabled',
  disabled: 'disabled',
  changed: 'changed',
  suspended: 'suspended',
  rotated: 'rotated',
  'rotation-due': 'rotation due',
  'expiry-due': 'expiry due',
  'rotation-undone': 'rotation undone',
  'key-retired': 'old key retired',
  'key-deleted': 'old key deleted',
  'still-in-use': 'old key still in use',
};

/** The event to publish for an outcome. Undefined if nothing happened that anybody needs to know. */
export function eventOfOutcome(
  outcome: Outcome,
  about: { readonly table: string; readonly username: string; readonly correlationId: string; readonly nowMs: number },
): CredentialEvent | undefined {
  const base = buildEventDetail({ ...about, atMs: about.nowMs }, 'item' in outcome ? outcome.item : undefined);
  switch (outcome.result) {
    case 'converged':
      return outcome.transition === undefined
        ? undefined
        : {
            type: typeOfTransition[outcome.transition],
            detail: { ...base, ...describeItem(outcome, about) },
          };
    case 'missing':
      return outcome.deletedIamUserName === undefined
        ? undefined
        : { type: 'deleted', detail: { ...base, ...outcome.attribution } };
    case 'invalid':
    case 'failed':
      if (outcome.isNews === false) return undefined;
      return { type: 'failed', detail: { ...base, ...describeFailure(outcome.error) } };
    case 'busy':
      return undefined;
  }
}

function describeFailure({ code, message }: SesameError): Partial<CredentialEventDetail> {
  return { code, reason: message, runbook: runbookOfCode(code) };
}

function describeItem(
  { transition, item }: Extract<Outcome, { readonly result: 'converged' }>,
  { username, nowMs }: { readonly username: string; readonly nowMs: number },
): Partial<CredentialEventDetail> {
  const { key, rotation, expiry } = describeCredential(readRecord(username, item), nowMs);
  return {
    ...text('status', item['status']),
    ...text('access_key_id', key?.accessKeyId),
    ...text('previous_key_works_until', rotation.previousKeyWorksUntil),
    ...(transition === 'expiry-due' ? text('valid_until', expiry?.at) : {}),
    ...describeCause(transition, item),
  };
}

/** Why the system disabled a credential. Only for the events about that: later transitions have other causes. */
function describeCause(transition: Transition | undefined, item: Item): Partial<CredentialEventDetail> {
  const isAbout = transition === 'suspended' || (transition === 'disabled' && item['suspension'] !== undefined);
  if (!isAbout) return {};
  const cause = describeSuspension(item);
  return { ...cause, runbook: runbookOfCode(cause.code) };
}

function text(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' ? { [name]: value } : {};
}
