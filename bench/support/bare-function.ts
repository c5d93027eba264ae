import { forEachBounded } from '../../src/functions/runtime/for-each-bounded.ts';
import { createBareProvision } from './bare-provision.ts';

/** As many users side by side as the manager works on. */
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

/** The floor as a function: invoked like the manager, with the same events. */
export async function handler(event: StreamEvent): Promise<{ batchItemFailures: [] }> {
  await forEachBounded(event.Records, concurrency, (record) =>
    provision(record.dynamodb?.Keys?.SK?.S?.slice('USER#'.length) ?? ''),
  );
  // The emulator waits 50 ms for the first line of a function that says nothing: without this one the floor lies too high.
  console.log('done');
  return { batchItemFailures: [] };
}
