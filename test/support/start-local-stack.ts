import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { freePorts } from '../../local/local-ports.ts';
import { type LocalAccount, type StackOptions, startStack } from '../../local/start-stack.ts';
import { testIamLag } from './iam-lag.ts';

/** How long the functions wait for IAM to show new entities: longer than the emulator's lag, and short enough for tests. */
export const TEST_PROPAGATION_SECONDS = 3;

/** A stack for one test file. */
export interface OwnLocalStack {
  account: LocalAccount;
  description: LocalDescription;
  clients: LocalClients;
  /** Resolves with the reason when the emulator has ended. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a stack on free ports, with a home and state that are deleted on stop, and with an IAM that lags as on AWS. `options`
 * override any of this: benchmarks set `iamLag: undefined`, because random delays would distort their figures.
 */
export async function startLocalStack(options: Partial<StackOptions> = {}): Promise<OwnLocalStack> {
  const temporaryHome = mkdtempSync(join(tmpdir(), 'sesame-stack-'));
  const remove = () => rmSync(temporaryHome, { recursive: true, force: true });
  try {
    const stack = await startStack({
      ports: await freePorts(),
      home: temporaryHome,
      iamLag: testIamLag(),
      ...options,
      timings: { iamPropagationSeconds: TEST_PROPAGATION_SECONDS, ...options.timings },
    });
    const clients = createLocalClients(stack.description);
    const stop = async () => {
      clients.destroy();
      await stack.stop();
      remove();
    };
    return { account: stack.account, description: stack.description, clients, ended: stack.ended, stop };
  } catch (error) {
    remove();
    throw error;
  }
}
