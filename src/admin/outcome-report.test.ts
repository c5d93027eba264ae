import { expect, it } from 'vitest';
import { createFakeReconciling } from '../../test/support/fake-reconciling.ts';
import { createOutcomeReport } from './outcome-report.ts';

it('logs the owner and the requester if the record has them', () => {
  const lines: Record<string, unknown>[] = [];
  const { deps } = createFakeReconciling();
  const observability = {
    ...deps.observability,
    log: (_level: unknown, _message: unknown, details: Record<string, unknown>) => void lines.push(details),
  };
  const report = createOutcomeReport({ ...deps, observability, table: 'mail' });
  const about = { username: 'jane', correlationId: 'event-1' };
  const item = { status: 'active', owner: 'Billing', labels: { team: 'billing' }, requested_by: 'ops' };
  report.add({ result: 'converged', transition: undefined, item }, about);
  report.add({ result: 'converged', transition: undefined, item: { ...item, owner: 7, requested_by: [] } }, about);
  const plain = { correlation_id: 'event-1', username: 'jane', transition: 'none' };
  expect(lines).toEqual([{ ...plain, owner: 'Billing', requested_by: 'ops' }, plain]);
});
