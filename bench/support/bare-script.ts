import { forEachBounded } from '../../src/functions/runtime/for-each-bounded.ts';
import { type BareSettings, createBareProvision } from './bare-provision.ts';

/** What the script is told first. */
export interface BareScriptSettings {
  readonly concurrency: number;
  readonly settings: BareSettings;
  /** Endpoint, region and credentials. */
  readonly client: object;
}

// The floor as a script in a process of its own, as the manager has one: what a process compiles while it works on the first
// credentials costs both. Told its settings once, it answers `ready`; told usernames, it provisions them and answers `done`.
process.once('message', ({ concurrency, settings, client }: BareScriptSettings) => {
  const provision = createBareProvision(settings, client);
  process.on('message', (usernames: string[]) => {
    void forEachBounded(usernames, concurrency, provision).then(() => process.send?.('done'));
  });
  process.send?.('ready');
});
