import * as z from 'zod/mini';
import { reconcileEnv } from '../reconcile-env.ts';

/** The rotator's settings. Terraform's `environment` map has exactly these keys. */
export const RotatorEnvSchema = z.object(reconcileEnv);
