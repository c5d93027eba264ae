import type * as v from 'valibot';
import { alertEnv } from '../runtime/alert-env.ts';
import { settings } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

/** The rotator's settings. Terraform's `environment` map has exactly these keys. */
export const RotatorEnvSchema = settings({ ...reconcileEnv, ...alertEnv });

export type RotatorEnv = v.InferOutput<typeof RotatorEnvSchema>;
