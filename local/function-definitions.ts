import functionFile from '../terraform/functions.json' with { type: 'json' };

/** The stream that a function reads. */
export interface StreamTrigger {
  readonly name: string;
  readonly batch_size: number;
  /** Event filter patterns. A record must match one of them. */
  readonly filters: readonly object[];
  /** Whether a failing batch is halved until the bad record is alone. */
  readonly bisect_batch_on_function_error: boolean;
  readonly maximum_retry_attempts: number;
  readonly maximum_record_age_seconds: number;
  readonly parallelization_factor: number;
  /** Gets the stream position of each discarded record. */
  readonly failure_queue: string;
}

/** The queue that a function reads. */
export interface QueueTrigger {
  readonly name: string;
  readonly batch_size: number;
  readonly batching_window_seconds: number;
  readonly maximum_concurrency: number;
}

/** The schedule that calls a function, in addition to its queue if it has one. */
export interface ScheduleTrigger {
  readonly name: string;
  readonly description: string;
  /** How often and for how long Lambda retries a failed call. */
  readonly maximum_retry_attempts: number;
  readonly maximum_event_age_seconds: number;
  /** Gets the calls that failed permanently. */
  readonly failure_queue: string;
}

/** A function in `terraform/functions.json`. Terraform and the local stack both read that file. */
export interface FunctionDefinition {
  readonly description: string;
  readonly memory_megabytes: number;
  readonly timeout_seconds: number;
  /** The Terraform variable without which the function isn't deployed. The local stack has every function. */
  readonly enabled_by?: 'admin_api';
  /** Files in `terraform/policies/`, without `.json`, whose statements are added to the role's own. */
  readonly shared_statements: readonly string[];
  /** Names of environments whose variables are added to the function's own. */
  readonly shared_environments: readonly string[];
  /** Each variable's value, which may contain placeholders such as `${table_name}`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stream?: StreamTrigger;
  readonly queue?: QueueTrigger;
  readonly schedule?: ScheduleTrigger;
}

const sharedEnvironments: Readonly<Record<string, Readonly<Record<string, string>>>> = functionFile.environments;

/** All functions by name. Zips and policy templates have the same names; deployed functions and roles have a prefix. */
export const functionDefinitions: Readonly<Record<string, FunctionDefinition>> = functionFile.functions as Readonly<
  Record<string, FunctionDefinition>
>;

/**
 * Combines a function's variables as terraform/functions.tf does. Placeholders are not replaced.
 *
 * @throws Error when the function or one of its shared environments doesn't exist.
 */
export function environmentTemplates(functionName: string): Readonly<Record<string, string>> {
  const definition = functionDefinitions[functionName];
  if (definition === undefined) throw new Error(`terraform/functions.json has no function "${functionName}".`);
  const shared = definition.shared_environments.map((name) => {
    const environment = sharedEnvironments[name];
    if (environment === undefined) throw new Error(`terraform/functions.json has no environment "${name}".`);
    return environment;
  });
  return Object.assign({}, ...shared, definition.environment) as Record<string, string>;
}

/**
 * Reads a variable that is a constant number on AWS.
 *
 * @throws Error when the function doesn't have the variable, or when it isn't a constant number.
 */
export function deployedNumber(functionName: string, variable: string): number {
  const value = Number(environmentTemplates(functionName)[variable]);
  if (Number.isFinite(value)) return value;
  throw new Error(`terraform/functions.json gives ${functionName} no number ${variable}.`);
}
