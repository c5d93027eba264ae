import { expect, test } from 'vitest';
import { localFunctions, type Surroundings } from './local-functions.ts';
import { fastTimings, fitPace, usualPace } from './local-timings.ts';

test('an IAM that lags is given its time: nothing young counts as gone, and nobody is blamed by a policy of before', () => {
  expect(fitPace(fastTimings, undefined)).toEqual(fastTimings);
  expect(fitPace(fastTimings, { seconds: 0.3 })).toEqual(fastTimings);
  expect(fitPace(fastTimings, { seconds: 7.5 })).toEqual({
    ...fastTimings,
    iamPropagationSeconds: 9,
    policySettleSeconds: 8,
  });
  expect(fitPace(usualPace, { seconds: 5 })).toEqual({ ...usualPace, policySettleSeconds: 5 });
});

test('the validator waits that long before it blames', () => {
  const validator = localFunctions.find(({ name }) => name === 'smtp-email-validator');
  const surroundings = {
    deployment: {},
    resources: { topics: {}, parkingQueue: {} },
    pace: fitPace(usualPace, { seconds: 5 }),
  } as unknown as Surroundings;
  expect(validator?.environment(surroundings)).toMatchObject({ SETTLE_SECONDS: '5' });
});
