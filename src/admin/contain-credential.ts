import type { CredentialTable, Item, WriteResult } from '../credential/credential-table.ts';
import { SesameError, toSesameError } from '../credential/errors.ts';
import type { Containment } from '../credential/iam/containment.ts';
import { type CredentialRecord, iamUserNameOfItem } from '../credential/record/record.ts';
import { revisionOf } from '../credential/record/revision.ts';
import { buildSuspensionAttribute } from '../credential/record/suspension.ts';
import type { CounterReader } from '../mail-events/stores.ts';
import { addCounters, type Counters, noCounters, startOfBucket } from '../mail-events/windows.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { revisionChanged } from './record-changed-error.ts';
import { credentialNotFound, requireRecord } from './require-record.ts';
import { attributionOf, type WriteRequest } from './write-credential.ts';

export interface ContainDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'edit'>;
  readonly containment: Containment;
  readonly counters: CounterReader;
  readonly now: () => number;
}

export interface ContainRequest extends WriteRequest {
  /** For people: what happened. */
  readonly reason?: string | undefined;
  /** Since when mail may be the thief's: epoch milliseconds. A day ago, if not given. */
  readonly sinceMs?: number | undefined;
}

/** What one step did. A failed step doesn't keep the others from being tried. */
export interface ContainStep {
  readonly step: 'deny' | 'deactivate-keys' | 'disable';
  readonly status: 'done' | 'nothing-to-do' | 'failed';
  readonly message: string;
}

export interface ContainedCredential {
  readonly view: CredentialView;
  readonly steps: readonly ContainStep[];
  /** What was counted since the time in question, in whole hours. */
  readonly sentSince: { readonly since: string } & Counters;
  /** What a person should do now, in this order. */
  readonly next: readonly string[];
}

const HOUR_MS = 3_600_000;
const maxAttempts = 5;

/**
 * Stops a stolen credential: an explicit deny in IAM first, because it acts within seconds whatever the record says; then its keys become
 * Inactive; then the record is disabled with the reason, so that nothing switches it on again. Safe to stop after any call, and to repeat.
 *
 * @throws SesameError `CredentialNotFound`, `RevisionChanged`; `NotContained`, retryable, if a step failed: its message says which
 */
export async function containCredential(request: ContainRequest, deps: ContainDeps): Promise<ContainedCredential> {
  const { username, expectedRevision, reason = 'Its password may be known to others.', sinceMs } = request;
  const nowMs = deps.now();
  const record = await requireRecord(username, deps.credentials);
  if (expectedRevision !== undefined && expectedRevision !== revisionOf(record.item)) {
    throw revisionChanged(username, record.item, nowMs);
  }
  const steps: ContainStep[] = [];
  const iamUserName = iamUserNameOfItem(username, record.item);
  if (iamUserName === undefined) {
    steps.push({ step: 'deny', status: 'nothing-to-do', message: 'It has no IAM user yet.' });
  } else {
    steps.push(
      await tryStep('deny', async () => {
        await deps.containment.deny(iamUserName);
        return `The IAM user ${iamUserName} is denied everything.`;
      }),
      await tryStep('deactivate-keys', async () => {
        const ids = await deps.containment.deactivateKeys(iamUserName);
        return ids.length === 0 ? 'It has no key.' : `Inactive: ${ids.join(', ')}.`;
      }),
    );
  }
  const { item, step } = await disable(record, { ...request, reason }, nowMs, deps);
  steps.push(step);
  const failed = steps.filter(({ status }) => status === 'failed');
  if (failed.length > 0) throw notContained(username, failed);
  const from = Math.min(sinceMs ?? nowMs - 24 * HOUR_MS, nowMs);
  const buckets = await deps.counters.read(username, nowMs);
  const counted = buckets
    .filter(({ bucket }) => startOfBucket(bucket) + HOUR_MS > from)
    .reduce((sum, { counters }) => addCounters(sum, counters), noCounters);
  return {
    view: viewCredential(username, item, nowMs),
    steps,
    sentSince: { since: new Date(from).toISOString(), ...counted },
    next: nextSteps(username),
  };
}

async function tryStep(step: ContainStep['step'], act: () => Promise<string>): Promise<ContainStep> {
  try {
    return { step, status: 'done', message: await act() };
  } catch (error) {
    return { step, status: 'failed', message: toSesameError(error).message };
  }
}

/** Whoever edits the record at the same time doesn't keep it from being disabled. */
async function disable(
  record: CredentialRecord,
  request: ContainRequest & { readonly reason: string },
  nowMs: number,
  { credentials }: ContainDeps,
): Promise<{ readonly item: Item; readonly step: ContainStep }> {
  const { username, reason } = request;
  const set = {
    status: 'disabled',
    suspension: buildSuspensionAttribute({ code: 'Contained', evidence: reason, nowMs }),
    contained: { at: new Date(nowMs).toISOString(), reason: reason.slice(0, 500) },
    ...attributionOf(request, nowMs),
  };
  let item: Item | undefined = record.item;
  for (let attempts = 0; attempts < maxAttempts && item !== undefined; attempts += 1) {
    if (item['contained'] !== undefined && item['status'] === 'disabled') {
      return { item, step: { step: 'disable', status: 'nothing-to-do', message: 'Its record says so already.' } };
    }
    const result: WriteResult | SesameError = await credentials
      .edit(username, { set, remove: [] }, revisionOf(item))
      .catch(toSesameError);
    if (result instanceof SesameError) {
      return { item, step: { step: 'disable', status: 'failed', message: result.message } };
    }
    if (result.written) {
      return { item: result.item, step: { step: 'disable', status: 'done', message: 'Its record is disabled.' } };
    }
    item = result.item;
  }
  if (item === undefined) throw credentialNotFound(username);
  return { item, step: { step: 'disable', status: 'failed', message: 'The record keeps changing.' } };
}

function notContained(username: string, failed: readonly ContainStep[]): SesameError {
  const faults = failed.map(({ step, message }) => `${step}: ${message}`).join(' ');
  return new SesameError(
    'NotContained',
    'retryable',
    `The credential ${username} is not contained completely. Ask again; it is safe. ${faults}`,
  );
}

function nextSteps(username: string): string[] {
  return [
    `Find out where the password of ${username} was kept, and who else could read it.`,
    'Look at what was sent since then, and warn the recipients if it was not yours.',
    `Remove the credential and create another one: sesame remove ${username} --wait; then sesame create ${username}. Or lift the containment and rotate at once: sesame enable ${username} --lift-containment --wait; then sesame rotate ${username} --wait.`,
    'docs/runbooks/compromised-key.md has the whole procedure.',
  ];
}
