import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { type AdministratorKey, readAdministratorKey } from '../../local/administrator-key.ts';
import { type EmulatorOptions, startEmulator } from '../../local/emulator/start-emulator.ts';
import type { LocalClientSettings } from '../../local/local-clients.ts';
import { freePorts } from '../../local/local-ports.ts';
import { localSettings } from '../../local/local-settings.ts';

/** A fresh, empty emulator for one test file. */
export interface OwnEmulator {
  endpoint: string;
  /** Authorizes the routes of the SMTP endpoint. */
  token: string;
  /** Of the root user. */
  credentials: AdministratorKey;
  /** A client without retries, by default with an administrator's credentials. */
  iamClient(credentials?: LocalClientSettings['credentials']): IAMClient;
  stop(): Promise<void>;
}

/** Starts one on a free port, with a home folder that is deleted on stop. */
export async function startOwnEmulator(options: Partial<EmulatorOptions> = {}): Promise<OwnEmulator> {
  const home = mkdtempSync(join(tmpdir(), 'sesame-emulator-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  const { region, accountId } = localSettings;
  const credentials = readAdministratorKey(home);
  const { emulator: port } = await freePorts();
  const token = randomBytes(16).toString('hex');
  try {
    const emulator = await startEmulator({ port, region, accountId, credentials, home, token, ...options });
    const clients: IAMClient[] = [];
    return {
      endpoint: emulator.endpoint,
      token,
      credentials,
      iamClient(as = credentials) {
        const client = new IAMClient({ endpoint: emulator.endpoint, region, credentials: { ...as }, maxAttempts: 1 });
        clients.push(client);
        return client;
      },
      async stop() {
        for (const client of clients) client.destroy();
        await emulator.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
