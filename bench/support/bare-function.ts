import { forEachBounded } from '../../src/functions/runtime/for-each-bounded.ts';
import { createBareProvision } from './bare-provision.ts';

/** The manager's concurrency. */
const concurrency = 10;

const provision = createBareProvision({
  table: process.env['TABLE_NAME'] ?? '',
  kmsKeyArn: process.env['KMS_KEY_ARN'] ?? '',
  permissionsBoundaryArn: process.env['PERMISSIONS_BOUNDARY_ARN'] ?? '',
  partitionKey: process.env['PARTITION_KEY'] ?? '',
});

interface StreamEvent {
  readonly Records: readonly { readonly dynamodb?: { readonly Keys?: { readonly SK?: { readonly S?: string } } } }[];
}

/** The baseline as a function: it is invoked like the manager, with the same events. */
export async function handler(event: StreamEvent): Promise<{ batchItemFailures: [] }> {
  await forEachBounded(event.Records, concurrency, (record) =>
    provision(record.dynamodb?.Keys?.SK?.S?.slice('USER#'.length) ?? ''),
  );
  // The emulator waits 50 ms for a function's first line of output. Without this line, the baseline would be too slow.
  console.log('done');
  return { batchItemFailures: [] };
}
