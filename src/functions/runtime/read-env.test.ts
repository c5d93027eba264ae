import * as v from 'valibot';
import { expect, it } from 'vitest';
import { settings } from './env-values.ts';
import { EnvironmentProblemError, readEnv } from './read-env.ts';

const schema = settings({
  TABLE_NAME: v.string('is missing'),
  LOG_LEVEL: v.optional(v.picklist(['INFO', 'WARN'], 'is not a level'), 'INFO'),
});

it('reads the variables and fills in defaults; an empty variable counts as missing', () => {
  expect(readEnv(schema, { TABLE_NAME: 'mail', LOG_LEVEL: '', OTHER: 'x' })).toEqual({
    TABLE_NAME: 'mail',
    LOG_LEVEL: 'INFO',
  });
});

it('reports all faults at once, by name and without values', () => {
  const read = () => readEnv(schema, { TABLE_NAME: '', LOG_LEVEL: 'hunter2' });
  expect(read).toThrow(EnvironmentProblemError);
  expect(read).toThrow('TABLE_NAME: is missing; LOG_LEVEL: is not a level');
  expect(read).not.toThrow('hunter2');
});
