import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetEmailIdentityCommand,
  PutAccountDetailsCommand,
  PutAccountSendingAttributesCommand,
  PutAccountSuppressionAttributesCommand,
  PutConfigurationSetSendingOptionsCommand,
  PutConfigurationSetSuppressionOptionsCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localSettings } from '../../../local/local-settings.ts';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

let emulator: OwnEmulator;
let ses: SESv2Client;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  const credentials = { ...emulator.credentials };
  ses = new SESv2Client({ endpoint: emulator.endpoint, region: localSettings.region, credentials, maxAttempts: 1 });
});

afterAll(async () => {
  ses?.destroy();
  await emulator?.stop();
});

const notFound = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } };

test('GetAccount shows quota, sandbox, pause and suppression', async () => {
  expect(await ses.send(new GetAccountCommand({}))).toMatchObject({
    EnforcementStatus: 'HEALTHY',
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    SendQuota: { Max24HourSend: 50_000, SentLast24Hours: 0 },
    SuppressionAttributes: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
  });
  await ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled: false }));
  await ses.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['COMPLAINT'] }));
  const MailType = 'TRANSACTIONAL';
  const WebsiteURL = 'https://example.com';
  await ses.send(new PutAccountDetailsCommand({ MailType, WebsiteURL, ProductionAccessEnabled: false }));
  expect(await ses.send(new GetAccountCommand({}))).toMatchObject({
    ProductionAccessEnabled: false,
    SendingEnabled: false,
    SuppressionAttributes: { SuppressedReasons: ['COMPLAINT'] },
  });
});

test('GetEmailIdentity shows that an identity is verified, or that there is none', async () => {
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com' }));
  expect(await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }))).toMatchObject({
    VerifiedForSendingStatus: true,
    VerificationStatus: 'SUCCESS',
  });
  await expect(ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'a+b@example.org' }))).rejects.toMatchObject({
    ...notFound,
    message: 'Email identity <a+b@example.org> does not exist.',
  });
});

test('GetConfigurationSet shows its sending and suppression options, or that there is none', async () => {
  const ConfigurationSetName = 'smtp';
  const read = () => ses.send(new GetConfigurationSetCommand({ ConfigurationSetName }));
  await expect(read()).rejects.toMatchObject({ ...notFound, message: 'Configuration set <smtp> does not exist.' });
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
  expect(await read()).toMatchObject({ SendingOptions: { SendingEnabled: true } });
  await ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName, SendingEnabled: false }));
  await ses.send(
    new PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName, SuppressedReasons: ['BOUNCE'] }),
  );
  expect(await read()).toMatchObject({
    SendingOptions: { SendingEnabled: false },
    SuppressionOptions: { SuppressedReasons: ['BOUNCE'] },
  });
});
