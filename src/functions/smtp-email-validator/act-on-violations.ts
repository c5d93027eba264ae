import type { CredentialEvent } from '../../credential/credential-event.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { describeViolation } from '../../sending/evidence.ts';
import { violationFeedback } from '../../sending/feedback.ts';
import { planLedgerWrites, unitId } from '../../sending/feedback-ledger.ts';
import type { Verdict } from '../../sending/sender-verdict.ts';
import { readCountedFromMs } from '../../sending/suspension.ts';
import { judgeViolations } from '../../sending/thresholds.ts';
import { sumWindows } from '../../sending/windows.ts';
import { suspendCredential } from '../suspend-credential.ts';
import type { ValidatorDeps } from './handler.ts';
import type { JudgedEvent } from './judge-events.ts';

/** A mail under senders that its record doesn't allow. */
export type ViolatingEvent = JudgedEvent & { readonly verdict: Extract<Verdict, { readonly verdict: 'violation' }> };

/**
 * Counts a user's violations, tells people once, and suspends when there are too many of them. Safe to repeat: what was counted
 * isn't counted again, and what was told isn't told again. Returns the events to publish, one for each new violation.
 */
export async function actOnViolations(
  username: string,
  violations: readonly ViolatingEvent[],
  deps: ValidatorDeps,
): Promise<CredentialEvent[]> {
  const newOnes = await countNewViolations(username, violations, deps);
  deps.observability.count(metrics.senderViolations, newOnes.length);
  const [first] = violations;
  if (first === undefined) return [];
  const evidence = describe(first);
  const correlationId = first.received.event.messageId;
  await deps.alerts.tellOnce({
    username,
    code: 'SenderViolation',
    subject: `${username} sends as somebody else`,
    evidence,
    correlationId,
  });
  const events = newOnes.map((violation): CredentialEvent => toEvent(username, violation, deps));
  const total = await countViolations(username, deps);
  if (total !== undefined) {
    const suspended = await suspendCredential(
      {
        username,
        reason: 'SenderViolations',
        evidence: `${total} violations in the window "${deps.rule.window}". The last one: ${evidence}`,
        correlationId,
      },
      deps,
    );
    if (suspended !== undefined) events.push(suspended);
  }
  return events;
}

async function countNewViolations(
  username: string,
  violations: readonly ViolatingEvent[],
  { ledger, now }: ValidatorDeps,
): Promise<ViolatingEvent[]> {
  const byUnit = new Map<string, ViolatingEvent>();
  const entries = violations.map((violation) => {
    const { event } = violation.received;
    const feedback = violationFeedback(event);
    for (const unitKey of feedback.unitKeys) byUnit.set(unitId(feedback, unitKey), violation);
    return { username, feedback, sentAtMs: event.sentAtMs ?? event.atMs };
  });
  const newOnes: ViolatingEvent[] = [];
  for (const write of planLedgerWrites(entries, now())) {
    for (const { id } of await ledger.write(write)) newOnes.push(...[byUnit.get(id) ?? []].flat());
  }
  return newOnes;
}

/** How many there are in the window, when they are too many. */
async function countViolations(username: string, deps: ValidatorDeps): Promise<number | undefined> {
  const { rule, counters, credentials, now } = deps;
  if (rule.mode !== 'suspend') return undefined;
  const [buckets, item] = await Promise.all([counters.read(username, now()), credentials.read(username)]);
  if (item === undefined) return undefined;
  const windows = sumWindows(buckets, now(), readCountedFromMs(item));
  return judgeViolations(windows, rule) ? windows[rule.window].violations : undefined;
}

function describe({ received, verdict }: ViolatingEvent): string {
  return describeViolation(received.event, verdict.senders, verdict.moreSenders);
}

function toEvent(username: string, violation: ViolatingEvent, { table, now }: ValidatorDeps): CredentialEvent {
  return {
    type: 'violation',
    detail: {
      table,
      username,
      at: new Date(now()).toISOString(),
      correlation_id: violation.received.event.messageId,
      code: 'SenderViolation',
      reason: describe(violation),
    },
  };
}
