import {
  GetConfigurationSetCommand,
  GetEmailIdentityCommand,
  NotFoundException,
  paginateListEmailIdentities,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { SesIdentities, SesIdentity } from './ses-identities.ts';

export interface EmulatorIdentitiesOptions {
  readonly ses: SESv2Client;
  /** How long answers are cached. Default 1000. */
  readonly cacheMs?: number | undefined;
}

/** The SES identities and configuration sets of the emulator. */
export function createEmulatorIdentities({ ses, cacheMs = 1000 }: EmulatorIdentitiesOptions): SesIdentities {
  /** ListEmailIdentities doesn't return it. */
  const readDefaultConfigurationSet = async (name: string): Promise<string | undefined> =>
    (await ses.send(new GetEmailIdentityCommand({ EmailIdentity: name }))).ConfigurationSetName;

  const readIdentities = async (): Promise<SesIdentity[]> => {
    const identities: Omit<SesIdentity, 'defaultConfigurationSet'>[] = [];
    for await (const page of paginateListEmailIdentities({ client: ses }, {})) {
      for (const {
        IdentityName: name = '',
        VerificationStatus: status,
        SendingEnabled: enabled,
      } of page.EmailIdentities ?? []) {
        identities.push({ name, verified: status === 'SUCCESS' && enabled !== false });
      }
    }
    return Promise.all(
      identities.map(async (identity) => ({
        ...identity,
        defaultConfigurationSet: await readDefaultConfigurationSet(identity.name),
      })),
    );
  };

  const readConfigurationSet = async (name: string): Promise<boolean> => {
    try {
      await ses.send(new GetConfigurationSetCommand({ ConfigurationSetName: name }));
      return true;
    } catch (error) {
      if (error instanceof NotFoundException) {
        return false;
      }
      throw error;
    }
  };

  const list = cached(cacheMs, readIdentities);
  return { list: () => list(''), hasConfigurationSet: cached(cacheMs, readConfigurationSet) };
}

/** Caches answers by argument. A failure isn't cached. */
function cached<T>(cacheMs: number, ask: (argument: string) => Promise<T>): (argument: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (argument) => {
    const known = answers.get(argument);
    if (known) {
      return known;
    }
    const answer = ask(argument);
    const drop = () => answers.delete(argument);
    answers.set(argument, answer);
    answer.then(() => setTimeout(drop, cacheMs).unref(), drop);
    return answer;
  };
}
