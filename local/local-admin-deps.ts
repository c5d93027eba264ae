import type { ReadPasswordDeps } from '../src/admin/read-password.ts';
import { type AdminDeps, createAdminDeps } from '../src/admin/wire.ts';
import { createPasswordDeps } from '../src/admin/wire-passwords.ts';
import type { LocalClients } from './local-clients.ts';
import type { LocalDescription } from './local-description.ts';

/** Dependencies of the admin use cases, on a local stack. */
export function createLocalAdminDeps(description: LocalDescription, clients: LocalClients): AdminDeps {
  return createAdminDeps(description, clientsOf(clients));
}

/** Dependencies of reading passwords, on a local stack. */
export function createLocalPasswordDeps(description: LocalDescription, clients: LocalClients): ReadPasswordDeps {
  return createPasswordDeps(description, clientsOf(clients));
}

function clientsOf(clients: LocalClients) {
  return {
    dynamodb: () => clients.dynamodb,
    iam: () => clients.iam,
    kms: () => clients.kms,
    lambda: () => clients.lambda,
    logs: () => clients.logs,
    ses: () => clients.ses,
    sqs: () => clients.sqs,
  };
}
