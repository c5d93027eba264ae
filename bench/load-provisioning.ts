import { runProvisioningLoad } from './support/provisioning-load.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/** The number of records to insert at once; see `runProvisioningLoad` for the other load. */
const { records } = await readBenchNumbers(
  'bench:provisioning-load',
  'Inserts records at once while IAM accepts 20 calls a second, and checks that nothing is left over.',
  { records: { about: 'records', default: 1000, from: 1 } },
);
const result = await runProvisioningLoad(records, records);
console.table([result]);
if (result.active !== records || result.orphans > 0 || result.messagesLeft > 0 || result.share < 0.8) {
  process.exitCode = 1;
}
