import * as v from 'valibot';

/** The environment does not match the function's schema. Names all faults at once, never a value. */
export class EnvironmentProblemError extends Error {
  readonly code = 'EnvironmentProblem';

  constructor(faults: readonly string[]) {
    super(`The function's environment is incomplete or wrong: ${faults.join('; ')}.`);
    this.name = 'EnvironmentProblemError';
  }
}

/** The schema of a function's environment. */
export type EnvSchema = v.ObjectSchema<v.ObjectEntries, string>;

/**
 * Reads a function's settings at cold start. An empty variable counts as missing, because Terraform cannot omit one.
 */
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
