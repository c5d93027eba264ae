import { toSesameError } from '../credential/errors.ts';

/** The state of one part of a deployment. */
export interface HealthCheck {
  readonly name: 'table' | 'dead-letters' | 'parked-messages';
  /** `unknown`: the caller may not look, or AWS didn't answer. */
  readonly status: 'ok' | 'failed' | 'unknown';
  readonly message: string;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'unknown';
  readonly checks: readonly HealthCheck[];
}

export interface HealthDeps {
  readonly health: {
    /** Reads one record, which need not exist. */
    readonly readTable: () => Promise<unknown>;
    /** About how many messages a queue holds. */
    readonly countMessages: Readonly<Record<'dead-letters' | 'parked-messages', () => Promise<number>>>;
  };
}

/** Looks at the parts of a deployment that a request depends on, and at work that waits for a person. Never throws. */
export async function readHealth({ health }: HealthDeps): Promise<Health> {
  const checks = await Promise.all([
    check('table', async () => {
      await health.readTable();
      return { status: 'ok', message: 'The table answers.' };
    }),
    ...(['dead-letters', 'parked-messages'] as const).map((name) =>
      check(name, async () => {
        const count = await health.countMessages[name]();
        return count === 0
          ? { status: 'ok', message: 'None.' }
          : { status: 'failed', message: `About ${count}. ${remedies[name]}` };
      }),
    ),
  ]);
  const status = checks.some((each) => each.status === 'failed')
    ? 'degraded'
    : checks.some((each) => each.status === 'unknown')
      ? 'unknown'
      : 'ok';
  return { status, checks };
}

const remedies = {
  'dead-letters': 'Sesame tries them again; if they last, read their failures.',
  'parked-messages': 'A person must look at them: docs/runbooks/parked-messages.md.',
};

async function check(name: HealthCheck['name'], look: () => Promise<Omit<HealthCheck, 'name'>>): Promise<HealthCheck> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    return { name, status: 'unknown', message: toSesameError(error).message };
  }
}
