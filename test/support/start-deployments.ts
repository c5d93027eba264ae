import { type LocalDeployment, nameDeployment } from '../../local/local-deployment.ts';
import { localSettings } from '../../local/local-settings.ts';
import type { LocalTimings } from '../../local/local-timings.ts';
import { createCredentialAdministration } from './credential-administration.ts';
import { type OwnLocalStack, startLocalStack } from './start-local-stack.ts';

/** A deployment, and its administrator's actions. */
export interface Side extends OwnLocalStack {
  name: string;
  deployment: LocalDeployment;
  administration: ReturnType<typeof createCredentialAdministration>;
}

const neighbours = {
  'the same table name in another Region': nameDeployment({
    region: 'eu-west-1',
    table: localSettings.table,
    namePrefix: 'elsewhere-',
    identity: localSettings.identity,
  }),
  'another table in the same Region': nameDeployment({
    region: localSettings.region,
    table: 'sesame-beside',
    namePrefix: 'beside-',
    identity: 'example.org',
  }),
};

/**
 * Starts three deployments in one account: that of `npm start`, one with the same table name in another Region, and one with
 * another table in the same Region. They share IAM, and each has its own SMTP endpoint and mailbox.
 */
export async function startDeployments(timings: Partial<LocalTimings>): Promise<Side[]> {
  const sides: Side[] = [];
  const add = (name: string, stack: OwnLocalStack, deployment: LocalDeployment) => {
    const administration = createCredentialAdministration(stack.description, stack.clients);
    sides.push({ name, ...stack, deployment, administration });
  };
  try {
    const first = await startLocalStack({ timings });
    add('npm start', first, localSettings);
    for (const [name, deployment] of Object.entries(neighbours)) {
      add(name, await startLocalStack({ timings, deployment, account: first.account }), deployment);
    }
    return sides;
  } catch (error) {
    await stopDeployments(sides);
    throw error;
  }
}

/** Stops the deployments; the first one, which has the emulator, comes last. */
export async function stopDeployments(sides: readonly Side[]): Promise<void> {
  for (const { stop } of [...sides].reverse()) await stop();
}
