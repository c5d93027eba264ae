import { readEnv } from '../read-env.ts';
import { createDependencies } from './dependencies.ts';
import { SweeperEnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler(createDependencies(readEnv(SweeperEnvSchema, process.env)));
