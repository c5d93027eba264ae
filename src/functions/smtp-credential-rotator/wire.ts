import type { ReconcileEnv } from '../runtime/reconcile-env.ts';
import { createLazyDeadLetterQueue, createReconcilingDeps } from '../runtime/wire-reconciling.ts';
import type { RotatorDeps } from './deps.ts';

/** Wires the rotator to AWS. */
export function createDependencies(env: ReconcileEnv): RotatorDeps {
  const deps = createReconcilingDeps('smtp-credential-rotator', env);
  return { ...deps, deadLetters: createLazyDeadLetterQueue(env.DEAD_LETTER_QUEUE_URL, deps.tracing) };
}
