import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localSettings } from '../../../local/local-settings.ts';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

let emulator: OwnEmulator;
let ses: SESv2Client;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  const { credentials } = emulator;
  const { region } = localSettings;
  ses = new SESv2Client({ endpoint: emulator.endpoint, region, credentials: { ...credentials }, maxAttempts: 1 });
  for (const name of ['smtp', 'theirs'])
    await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: name }));
});

afterAll(async () => {
  ses?.destroy();
  await emulator?.stop();
});

const setOf = async (EmailIdentity: string) =>
  (await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))).ConfigurationSetName;

const change = (EmailIdentity: string, ConfigurationSetName?: string) =>
  ses.send(new PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity, ConfigurationSetName }));

test('an identity keeps the configuration set of its creation', async () => {
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com', ConfigurationSetName: 'smtp' }));
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'jane@example.com' }));
  expect(await setOf('example.com')).toBe('smtp');
  expect(await setOf('jane@example.com')).toBeUndefined();
  const { EmailIdentities = [] } = await ses.send(new ListEmailIdentitiesCommand({ PageSize: 1000 }));
  expect(EmailIdentities.map(({ IdentityName, VerificationStatus }) => [IdentityName, VerificationStatus])).toEqual([
    ['example.com', 'SUCCESS'],
    ['jane@example.com', 'SUCCESS'],
  ]);
});

test('the set can be changed and removed', async () => {
  await change('jane@example.com', 'theirs');
  expect(await setOf('jane@example.com')).toBe('theirs');
  await change('jane@example.com');
  expect(await setOf('jane@example.com')).toBeUndefined();
});

test('unknown identities and sets are refused', async () => {
  await expect(change('nobody@example.com', 'smtp')).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(change('jane@example.com', 'nothing')).rejects.toMatchObject({ name: 'NotFoundException' });
});
