import type { CredentialEvent, CredentialEventDetail, CredentialEventType } from '../credential-event.ts';
import type { Item } from '../credential-table.ts';
import { buildEventDetail } from '../record/event-detail.ts';
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
  'rotation-undone': 'rotation undone',
  'key-retired': 'old key retired',
  'key-deleted': 'old key deleted',
  'still-in-use': 'old key still in use',
};

/** The event that an outcome calls for; undefined when nothing happened that anybody needs to know. */
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
            detail: { ...base, ...describeItem(outcome.item), ...describeCause(outcome.transition, outcome.item) },
          };
    case 'missing':
      return outcome.deletedIamUserName === undefined ? undefined : { type: 'deleted', detail: base };
    case 'invalid':
    case 'failed':
      if (outcome.isNews === false) return undefined;
      return { type: 'failed', detail: { ...base, code: outcome.error.code, reason: outcome.error.message } };
    case 'busy':
      return undefined;
  }
}
function describeItem(item: Item): Partial<CredentialEventDetail> {
  const previous = item['previous_key'] as Readonly<Record<string, unknown>> | undefined;
  return {
    ...text('status', item['status']),
    ...text('access_key_id', item['access_key_id']),
    ...text('previous_key_works_until', previous?.['retire_after']),
  };
}

/** Why a credential was switched off by the system. Whatever happens to it afterwards is about something else. */
function describeCause(transition: Transition, item: Item): Partial<CredentialEventDetail> {
  const isAbout = transition === 'suspended' || (transition === 'disabled' && item['suspension'] !== undefined);
  return isAbout ? describeSuspension(item) : {};
}
function text(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' ? { [name]: value } : {};
}
