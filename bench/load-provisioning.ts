import { runProvisioningLoad } from './support/provisioning-load.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/** Records at once against an IAM that takes 20 calls a second; see the function for what goes on meanwhile. */
const { records } = await readBenchNumbers(
  'bench:provisioning-load',
  'Inserts records at once while IAM takes 20 calls a second, and looks for what is left over.',
  { records: { about: 'records', default: 1000, from: 1 } },
);
const result = await runProvisioningLoad(records, records);
console.table([result]);
if (result.active !== records || result.orphans > 0 || result.messagesLeft > 0 || result.share < 0.8) {
  process.exitCode = 1;
}
