import { afterAll, inject } from 'vitest';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';

/** The stack that all tests of a run share, with an administrator's clients. */
export interface SharedLocalStack {
  description: LocalDescription;
  clients: LocalClients;
}

/** Call this at the top of a test file or describe block; the clients are closed after its tests. */
export function localStack(): SharedLocalStack {
  const description = inject('localStack');
  const clients = createLocalClients(description);
  afterAll(() => clients.destroy());
  return { description, clients };
}
