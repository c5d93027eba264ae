import {
  GetConfigurationSetCommand,
  NotFoundException,
  paginateListEmailIdentities,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { SesIdentities, SesIdentity } from './ses-identities.ts';

export interface EmulatorIdentitiesOptions {
  readonly ses: SESv2Client;
  /** The emulator doesn't keep an identity's default configuration set: this one stands for all of them. */
  readonly defaultConfigurationSet?: string | undefined;
  /** How long an answer is good for. Default 1000. */
  readonly cacheMs?: number | undefined;
}

/** The SES identities and configuration sets of the emulator. */
export function createEmulatorIdentities({
  ses,
  defaultConfigurationSet,
  cacheMs = 1000,
}: EmulatorIdentitiesOptions): SesIdentities {
  const readIdentities = async (): Promise<SesIdentity[]> => {
    const identities: SesIdentity[] = [];
    for await (const page of paginateListEmailIdentities({ client: ses }, {})) {
      for (const {
        IdentityName: name = '',
        VerificationStatus: status,
        SendingEnabled: enabled,
      } of page.EmailIdentities ?? []) {
        identities.push({ name, verified: status === 'SUCCESS' && enabled !== false, defaultConfigurationSet });
      }
    }
    return identities;
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

  const list = remember(cacheMs, readIdentities);
  return { list: () => list(''), hasConfigurationSet: remember(cacheMs, readConfigurationSet) };
}

/** Asks once per argument and span of time. A failed answer isn't kept. */
function remember<T>(cacheMs: number, ask: (argument: string) => Promise<T>): (argument: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (argument) => {
    const known = answers.get(argument);
    if (known) {
      return known;
    }
    const answer = ask(argument);
    const forget = () => answers.delete(argument);
    answers.set(argument, answer);
    answer.then(() => setTimeout(forget, cacheMs).unref(), forget);
    return answer;
  };
}
