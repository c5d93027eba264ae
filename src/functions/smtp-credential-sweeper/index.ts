import { readEnv } from '../runtime/read-env.ts';
import { SweeperEnvSchema } from './env.ts';
import { createHandler } from './handler.ts';
import { createDependencies } from './wire.ts';

export const handler = createHandler(createDependencies(readEnv(SweeperEnvSchema, process.env)));
