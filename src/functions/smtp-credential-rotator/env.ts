import type * as v from 'valibot';
import { alertEnv } from '../runtime/alert-env.ts';
import { settings } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The rotator's settings. `terraform/functions.json` sets exactly these variables. */
export const RotatorEnvSchema = settings({ ...reconcileEnv, ...alertEnv });

export type RotatorEnv = v.InferOutput<typeof RotatorEnvSchema>;
