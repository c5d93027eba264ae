import * as z from 'zod/mini';
import { reconcileEnv } from '../reconcile-env.ts';

/** The manager's settings. Terraform's `environment` map has exactly these keys. */
export const ManagerEnvSchema = z.object(reconcileEnv);

export type ManagerEnv = z.infer<typeof ManagerEnvSchema>;
