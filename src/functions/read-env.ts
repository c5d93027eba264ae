import type * as z from 'zod/mini';

/** The environment doesn't fit the function. Names every fault at once, never a value. */
export class EnvironmentProblemError extends Error {
  readonly code = 'EnvironmentProblem';

  constructor(faults: readonly string[]) {
    super(`The function's environment is incomplete or wrong: ${faults.join('; ')}.`);
    this.name = 'EnvironmentProblemError';
  }
}

/** Reads a function's settings at cold start. An empty variable counts as absent, as Terraform can't leave one out. */
export function readEnv<Shape extends z.core.$ZodShape>(
  schema: z.ZodMiniObject<Shape>,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodMiniObject<Shape>> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new EnvironmentProblemError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
