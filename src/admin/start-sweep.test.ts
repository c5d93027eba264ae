import { expect, it } from 'vitest';
import { startSweep } from './start-sweep.ts';

it('requests one sweep, and returns its correlation id', async () => {
  const started: string[] = [];
  const sweeps = {
    start(id: string) {
      started.push(id);
      return Promise.resolve();
    },
  };
  expect(await startSweep({ sweeps, newId: () => 'sweep-1' })).toEqual({ correlationId: 'sweep-1' });
  expect(started).toEqual(['sweep-1']);
});
