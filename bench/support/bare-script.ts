import { forEachBounded } from '../../src/functions/runtime/for-each-bounded.ts';
import { type BareSettings, createBareProvision } from './bare-provision.ts';

/** The script's first message. */
export interface BareScriptSettings {
  readonly concurrency: number;
  readonly settings: BareSettings;
  /** Endpoint, region and credentials. */
  readonly client: object;
}

// The baseline as a script in its own process, like the manager, so that both pay for compilation on the first credentials.
// It answers the settings with `ready`, then provisions the usernames that it receives and answers `done`.
process.once('message', ({ concurrency, settings, client }: BareScriptSettings) => {
  const provision = createBareProvision(settings, client);
  process.on('message', (usernames: string[]) => {
    void forEachBounded(usernames, concurrency, provision).then(() => process.send?.('done'));
  });
  process.send?.('ready');
});
