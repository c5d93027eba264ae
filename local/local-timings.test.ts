import { expect, test } from 'vitest';
import { localFunctions, type Surroundings } from './local-functions.ts';
import { adaptTimings, fastTimings, usualTimings } from './local-timings.ts';

test('a lagging IAM gets its time: nothing new counts as gone, and no previous policy makes a violation', () => {
  expect(adaptTimings(fastTimings, undefined)).toEqual(fastTimings);
  expect(adaptTimings(fastTimings, { seconds: 0.3 })).toEqual(fastTimings);
  expect(adaptTimings(fastTimings, { seconds: 7.5 })).toEqual({
    ...fastTimings,
    iamPropagationSeconds: 9,
    policySettleSeconds: 8,
  });
  expect(adaptTimings(usualTimings, { seconds: 5 })).toEqual({ ...usualTimings, policySettleSeconds: 5 });
});

test('the validator waits that long before it reports a violation', () => {
  const validator = localFunctions.find(({ name }) => name === 'smtp-email-validator');
  const surroundings = {
    deployment: {},
    resources: { topics: {}, parkingQueue: {} },
    pace: adaptTimings(usualTimings, { seconds: 5 }),
  } as unknown as Surroundings;
  expect(validator?.environment(surroundings)).toMatchObject({ SETTLE_SECONDS: '5' });
});
