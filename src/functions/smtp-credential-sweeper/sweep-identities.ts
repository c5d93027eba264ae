import type { Item, RecordChange } from '../../credential/credential-table.ts';
import type { DriftFinding } from '../../credential/drift/drift-finding.ts';
import {
  FORMER_IDENTITY_WARNING,
  PATTERN_CASE_DIFFERS,
  readWarnings,
  writeWarnings,
} from '../../credential/record/warning.ts';
import * as logMessages from '../../observability/log-messages.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { keepFinding, reportFailedRead, reportFinding, SWEEP_CONCURRENCY, type Sweep } from './sweep.ts';
import type { IdentityWatch, Senders } from './watch-identities.ts';

/** How many identities one sweep reads from SES, at one per second. If there are more, sweeps take turns. */
const MOST_IDENTITIES = 100;

/**
 * Reports verified identities that credentials send as and whose default configuration set is not ours, and writes a
 * warning on records whose patterns miss an identity only by case. SES is never changed, because an identity is shared
 * by all its senders.
 */
export async function sweepIdentities(sweep: Sweep, { senders, warnings }: IdentityWatch): Promise<void> {
  const ours = sweep.deps.reconcileDeps.settings.scope.configurationSet;
  if (ours !== undefined) {
    for (const identity of takeShare([...senders.keys()].sort(), sweep.sweepNumber)) {
      if (!sweep.run.hasTime()) break;
      await guard(sweep, { identity }, async () => {
        const held = await sweep.deps.identities.findConfigurationSet(identity);
        const who = senders.get(identity);
        if (held === undefined || who === undefined || (held !== 'none' && held.name === ours)) return;
        const finding = describe(identity, held, ours, who);
        reportFinding(sweep, { username: who.first }, finding);
        await keepFinding(sweep, who.first, finding, 'open');
      });
    }
  }
  await forEachBounded(warnings, SWEEP_CONCURRENCY, async ({ username, item, warning }) => {
    if (!sweep.run.hasTime()) return;
    await guard(sweep, { username }, async () => {
      const { credentials } = sweep.deps.reconcileDeps;
      const written = await credentials.updateUnclaimed(username, changeWarning(item, warning), unchanged(item));
      if (!written.written || warning === undefined) return;
      sweep.deps.observability.log('warn', logMessages.patternCaseDiffers, {
        correlation_id: sweep.run.correlationId,
        username,
        warning,
      });
    });
  });
  await sweep.report.publish();
}

/** Replaces this warning among the others. */
function changeWarning(item: Item, text: string | undefined): RecordChange {
  const others = readWarnings(item).filter(({ code }) => code !== PATTERN_CASE_DIFFERS);
  const own = text === undefined ? [] : [{ code: PATTERN_CASE_DIFFERS, text }];
  const warning = writeWarnings([...others, ...own]);
  return warning === undefined
    ? { set: {}, remove: ['warning', FORMER_IDENTITY_WARNING] }
    : { set: { warning }, remove: [FORMER_IDENTITY_WARNING] };
}

/** Every write of Sesame changes `updated_at`, so the other warnings are still the same. */
function unchanged({ status, updated_at }: Item): Readonly<Record<string, unknown>> {
  return { status, ...(updated_at === undefined ? {} : { updated_at }) };
}

/** This sweep's share of a list that may be too long for one sweep. */
export function takeShare(names: readonly string[], sweepNumber: number): readonly string[] {
  if (names.length <= MOST_IDENTITIES) return names;
  const start = (sweepNumber * MOST_IDENTITIES) % names.length;
  return [...names.slice(start), ...names.slice(0, start)].slice(0, MOST_IDENTITIES);
}

function describe(
  identity: string,
  held: { name: string } | 'none',
  ours: string,
  { first, count }: Senders,
): DriftFinding {
  const who =
    count === 1 ? `The credential ${first} may send` : `The credential ${first} and ${count - 1} more may send`;
  const what =
    held === 'none'
      ? `has no default configuration set. ${who} as it, and unless a mail names the set ${ours} itself, SES tells nobody of it: ` +
        'quotas, the sender check, bounces and complaints do not see it.'
      : `has the default configuration set ${held.name}. ${who} as it, and such mail is refused (554) unless it names the set ${ours} itself: ` +
        'the policies allow that set only.';
  return {
    kind: 'identity-configuration-set',
    message: `The verified identity ${identity} ${what} Make ${ours} its default; docs/deploy.md says what to look at first.`,
    remedy: 'report',
  };
}

/** A failure of one identity or record must not stop the others. */
async function guard(sweep: Sweep, about: Record<string, string>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportFailedRead(sweep, about, error);
  }
}
