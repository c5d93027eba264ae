import { createBareProvision } from '../support/bare-provision.ts';
import { forEachBounded } from '../../src/functions/for-each-bounded.ts';
const provision = createBareProvision({ table: process.env['TABLE_NAME'] ?? '', kmsKeyArn: process.env['KMS_KEY_ARN'] ?? '', permissionsBoundaryArn: process.env['PERMISSIONS_BOUNDARY_ARN'] ?? '', partitionKey: 'BARE' });
export async function handler(event: { names: string[] }) {
  const t = Date.now(); const c = process.cpuUsage();
  await forEachBounded(event.names, 10, provision);
  const cpu = process.cpuUsage(c);
  console.log('done');
  return { ms: Date.now() - t, cpu: (cpu.user + cpu.system) / 1000 };
}
