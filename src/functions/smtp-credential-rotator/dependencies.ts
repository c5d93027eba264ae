import { createReconcilingDeps } from '../reconcile-dependencies.ts';
import type { ReconcileEnv } from '../reconcile-env.ts';
import type { RotatorDeps } from './handler.ts';

/** Wires the rotator to AWS. */
export function createDependencies(env: ReconcileEnv): RotatorDeps {
  return createReconcilingDeps('smtp-credential-rotator', env);
}
