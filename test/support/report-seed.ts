import { beforeEach } from 'vitest';
import { testIamLag } from './iam-lag.ts';

beforeEach(({ onTestFailed }) => {
  const lag = testIamLag();
  if (lag === undefined) return;
  onTestFailed(() => {
    console.error(`IAM lagged by up to ${lag.seconds} s. To repeat the same lag: SESAME_TEST_SEED=${lag.seed}`);
  });
});
