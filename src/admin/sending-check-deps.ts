import type { IAMClient } from '@aws-sdk/client-iam';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Deployment } from '../deployment/deployment.ts';
import type { SendingFactsDeps } from './sending-check-facts.ts';

type Loaded<Client> = () => Client | Promise<Client>;

/** The clients of the check, each made at its first use. */
export interface SendingCheckClients {
  readonly iam: Loaded<IAMClient>;
  readonly ses: Loaded<SESv2Client>;
}

/** Connects the check to a deployment. Adapters and clients are loaded at the first check: few requests are checks. */
export function createSendingCheckDeps(
  {
    partition,
    region,
    accountId,
    configurationSet,
  }: Pick<Deployment, 'partition' | 'region' | 'accountId' | 'configurationSet'>,
  clients: SendingCheckClients,
): { readonly sendingFacts: SendingFactsDeps } {
  const keys = async () => {
    const [{ createKeyStates }, client] = await Promise.all([import('../aws/iam/key-states.ts'), clients.iam()]);
    return createKeyStates(() => client);
  };
  const simulator = async () => {
    const [{ createPolicySimulator }, client] = await Promise.all([
      import('../aws/iam/policy-simulator.ts'),
      clients.iam(),
    ]);
    return createPolicySimulator(() => client);
  };
  const account = async () => {
    const [{ createSendingAccount }, client] = await Promise.all([import('../aws/sending-account.ts'), clients.ses()]);
    return createSendingAccount(() => client);
  };
  return {
    sendingFacts: {
      keys: {
        list: async (name) => (await keys()).list(name),
        findUserOfKey: async (id) => (await keys()).findUserOfKey(id),
      },
      simulator: { simulate: async (request) => (await simulator()).simulate(request) },
      account: {
        readState: async () => (await account()).readState(),
        findIdentity: async (name) => (await account()).findIdentity(name),
        findConfigurationSet: async (name) => (await account()).findConfigurationSet(name),
        findSuppression: async (address) => (await account()).findSuppression(address),
      },
      scope: { partition, region, accountId, configurationSet },
      now: Date.now,
    },
  };
}
