import { createLazyDeadLetterQueue, createReconcilingDeps } from '../reconcile-dependencies.ts';
import type { ReconcileEnv } from '../reconcile-env.ts';
import type { RotatorDeps } from './handler.ts';

/** Wires the rotator to AWS. */
export function createDependencies(env: ReconcileEnv): RotatorDeps {
  const deps = createReconcilingDeps('smtp-credential-rotator', env);
  return { ...deps, deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL, deps.tracing) };
}
