import { CreateConfigurationSetCommand, CreateEmailIdentityCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { unlessThere } from './unless-there.ts';

/** Creates a domain identity with our configuration set as its default. The emulator verifies it at once. */
export async function createSendingIdentity(
  ses: SESv2Client,
  identity: string,
  configurationSet: string,
): Promise<void> {
  const thereAlready = 'AlreadyExistsException';
  await unlessThere(
    ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: configurationSet })),
    thereAlready,
  );
  const creation = new CreateEmailIdentityCommand({ EmailIdentity: identity, ConfigurationSetName: configurationSet });
  await unlessThere(ses.send(creation), thereAlready);
}
