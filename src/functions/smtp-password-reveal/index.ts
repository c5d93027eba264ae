import { revealRoutes } from '../../http/routes/reveal.ts';
import { createHttpHandler } from '../runtime/http-function.ts';
import { readEnv } from '../runtime/read-env.ts';
import { PasswordRevealEnvSchema } from './env.ts';
import { createDependencies } from './wire.ts';

export const handler = createHttpHandler(
  revealRoutes,
  createDependencies(readEnv(PasswordRevealEnvSchema, process.env)),
);
