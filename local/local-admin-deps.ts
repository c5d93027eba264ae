import type { AdminDeps } from '../src/admin/wire.ts';
import { createAdminDeps } from '../src/admin/wire.ts';
import type { LocalClients } from './local-clients.ts';
import type { LocalDescription } from './local-description.ts';

/** Dependencies of the admin use cases, on a local stack. */
export function createLocalAdminDeps(description: LocalDescription, clients: LocalClients): AdminDeps {
  return createAdminDeps(description, {
    dynamodb: () => clients.dynamodb,
    iam: () => clients.iam,
    kms: () => clients.kms,
    lambda: () => clients.lambda,
    ses: () => clients.ses,
    sqs: () => clients.sqs,
  });
}
