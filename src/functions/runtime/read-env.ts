import * as v from 'valibot';

/** The environment doesn't fit the function. Names every fault at once, never a value. */
export class EnvironmentProblemError extends Error {
  readonly code = 'EnvironmentProblem';

  constructor(faults: readonly string[]) {
    super(`The function's environment is incomplete or wrong: ${faults.join('; ')}.`);
    this.name = 'EnvironmentProblemError';
  }
}

/** What a function reads from its environment. */
export type EnvSchema = v.ObjectSchema<v.ObjectEntries, string>;

/** Reads a function's settings at cold start. An empty variable counts as absent, as Terraform can't leave one out. */
export function readEnv<Schema extends EnvSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = v.safeParse(schema, present);
  if (result.success) return result.output;
  throw new EnvironmentProblemError(result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`));
}
