import { settings } from '../env-values.ts';
import { reconcileEnv } from '../reconcile-env.ts';

/** The rotator's settings. Terraform's `environment` map has exactly these keys. */
export const RotatorEnvSchema = settings(reconcileEnv);
