import { readEnv } from '../read-env.ts';
import { createDependencies } from './dependencies.ts';
import { FeedbackEnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler(createDependencies(readEnv(FeedbackEnvSchema, process.env)));
