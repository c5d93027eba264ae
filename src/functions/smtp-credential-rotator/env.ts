import { settings } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The rotator's settings. Terraform's `environment` map has exactly these keys. */
export const RotatorEnvSchema = settings(reconcileEnv);
