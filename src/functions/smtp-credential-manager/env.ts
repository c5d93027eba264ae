import type * as v from 'valibot';
import { settings } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The manager's settings. `terraform/functions.json` sets exactly these variables. */
export const ManagerEnvSchema = settings(reconcileEnv);

export type ManagerEnv = v.InferOutput<typeof ManagerEnvSchema>;
