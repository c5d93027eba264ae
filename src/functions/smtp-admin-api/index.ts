import { adminRoutes } from '../../http/routes/admin-routes.ts';
import { createHttpHandler } from '../runtime/http-function.ts';
import { readEnv } from '../runtime/read-env.ts';
import { AdminApiEnvSchema } from './env.ts';
import { createDependencies } from './wire.ts';

export const handler = createHttpHandler(adminRoutes, createDependencies(readEnv(AdminApiEnvSchema, process.env)));
