import type { TerraformWorkspace } from './terraform-workspace.ts';

/** A value of a plan: JSON, without the values that are known only after `apply`. */
export type PlannedValue = string | number | boolean | null | PlannedValue[] | { [key: string]: PlannedValue };
export type PlannedBlock = { [key: string]: PlannedValue };

/** A resource that `apply` would create. */
export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  /** Its known values. */
  readonly values: PlannedBlock;
  /** The same tree, with `true` where a value is secret. */
  readonly sensitive: PlannedValue;
}

export interface Plan {
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<
    Record<string, { readonly after?: PlannedValue; readonly after_sensitive?: PlannedValue }>
  >;
}

/** One `run` block of a test file. */
export interface TerraformTestRun {
  readonly file: string;
  readonly name: string;
  readonly status: string;
}

interface TestMessage {
  readonly type: string;
  readonly '@testfile'?: string;
  readonly '@testrun'?: string;
  readonly '@message': string;
  readonly test_run?: { readonly status?: string; readonly progress: string };
  readonly diagnostic?: { readonly summary: string; readonly detail: string; readonly severity: string };
  readonly test_plan?: {
    readonly resource_changes?: readonly {
      readonly address: string;
      readonly mode: string;
      readonly type: string;
      readonly change: { readonly after: PlannedBlock; readonly after_sensitive: PlannedValue };
    }[];
    readonly output_changes?: Plan['outputs'];
  };
}

/** The result of `terraform test`: its runs, its errors, and the plan of each run that made one. */
export interface TerraformTestReport {
  readonly runs: readonly TerraformTestRun[];
  readonly errors: readonly string[];
  readonly plans: Readonly<Record<string, Plan>>;
}

/**
 * Runs test files, by default all, and reads the plans that they made.
 *
 * @param directory folder of the files; `tests/refused` holds those with plans that must be refused
 */
export async function runTerraformTests(
  workspace: TerraformWorkspace,
  files: readonly string[] = [],
  directory = 'tests',
): Promise<TerraformTestReport> {
  const filters = files.map((file) => `-filter=${directory}/${file}`);
  // The workspace was initialized for the default folder; this installs the modules that tests in another folder need.
  if (directory !== 'tests') {
    const { status, stderr } = await workspace.run([
      'init',
      '-backend=false',
      '-no-color',
      `-test-directory=${directory}`,
    ]);
    if (status !== 0) throw new Error(stderr);
  }
  const { stdout, stderr } = await workspace.run([
    'test',
    '-json',
    '-verbose',
    `-test-directory=${directory}`,
    ...filters,
  ]);
  const messages = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as TestMessage);
  const plans: Record<string, Plan> = {};
  for (const { '@testrun': run, test_plan: plan } of messages) {
    if (run === undefined || plan === undefined) continue;
    plans[run] = {
      outputs: plan.output_changes ?? {},
      resources: (plan.resource_changes ?? [])
        .filter(({ mode }) => mode === 'managed')
        .map(({ address, type, change }) => ({
          address,
          type,
          values: change.after,
          sensitive: change.after_sensitive,
        })),
    };
  }
  return {
    plans,
    runs: messages
      .filter(({ type, test_run: run }) => type === 'test_run' && run?.progress === 'complete')
      .map((message) => ({
        file: message['@testfile'] ?? '',
        name: message['@testrun'] ?? '',
        status: message.test_run?.status ?? '',
      })),
    errors: messages
      .filter(({ diagnostic }) => diagnostic?.severity === 'error')
      .map(({ diagnostic, '@testrun': run }) => `${run ?? ''}: ${diagnostic?.summary}: ${diagnostic?.detail}`)
      .concat(messages.length === 0 ? [stderr] : []),
  };
}

/** The resources of a type, by address. */
export function resourcesOfType(plan: Plan | undefined, type: string): Map<string, PlannedBlock> {
  const found = (plan?.resources ?? []).filter((resource) => resource.type === type);
  return new Map(found.map(({ address, values }) => [address, values]));
}
