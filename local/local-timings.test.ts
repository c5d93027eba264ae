import { expect, test } from 'vitest';
import { functionDefinitions } from './function-definitions.ts';
import { adaptTimings, fastTimings, secondsBetweenCalls, usualTimings } from './local-timings.ts';

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

test('every schedule of the functions has its interval', () => {
  const schedules = Object.values(functionDefinitions).flatMap(({ schedule }) => schedule?.name ?? []);
  expect(Object.fromEntries(schedules.map((name) => [name, secondsBetweenCalls(fastTimings, name)]))).toEqual({
    rotation: fastTimings.rotationEverySeconds,
    suspensions: fastTimings.suspensionsEverySeconds,
    sweep: fastTimings.sweepEverySeconds,
  });
  expect(() => secondsBetweenCalls(fastTimings, 'nobody')).toThrow('"nobody"');
});
