import { parseArgs } from 'node:util';
import { runProvisioningLoad } from './support/provisioning-load.ts';

/** Records at once against an IAM that takes 20 calls a second; see the function for what goes on meanwhile. */
const { values } = parseArgs({ options: { records: { type: 'string', default: '1000' } } });
const records = Number(values.records);
const result = await runProvisioningLoad(records, records);
console.table([result]);
if (result.active !== records || result.orphans > 0 || result.messagesLeft > 0 || result.share < 0.8) {
  process.exitCode = 1;
}
