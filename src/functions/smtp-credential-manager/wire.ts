import { createLazyDeadLetterQueue, createReconcilingDeps } from '../runtime/wire-reconciling.ts';
import type { ManagerDeps } from './deps.ts';
import type { ManagerEnv } from './env.ts';

/** Wires the manager to AWS. */
export function createDependencies(env: ManagerEnv): ManagerDeps {
  const deps = createReconcilingDeps('smtp-credential-manager', env);
  return { ...deps, deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL, deps.tracing) };
}
