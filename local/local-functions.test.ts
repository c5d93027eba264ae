import { describe, expect, it } from 'vitest';
import { readEnv } from '../src/functions/runtime/read-env.ts';
import { readFunctionSchemas } from '../test/support/read-function-schemas.ts';
import { environmentTemplates } from './function-definitions.ts';
import { environmentOverrides, type FunctionContext, localEnvironment, localFunctions } from './local-functions.ts';
import { localSettings } from './local-settings.ts';
import { adaptTimings, fastTimings, usualTimings } from './local-timings.ts';

const queue = { url: 'http://127.0.0.1/q', arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
const context: FunctionContext = {
  deployment: localSettings,
  resources: {
    tableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t',
    streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026',
    kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
    permissionsBoundaryArn: 'arn:aws:iam::000000000000:policy/b',
    deadLetterQueue: queue,
    parkingQueue: queue,
    verificationQueue: queue,
    sendingEventsQueue: queue,
    feedbackQueue: queue,
    topics: { sends: '', deliveries: '', bounces: '', complaints: '', alerts: 'arn:aws:sns:us-east-1:000000000000:a' },
  },
  timings: usualTimings,
  smtp: { host: '127.0.0.1', startTlsPort: 2587, tlsPort: 2465, caPem: '-----BEGIN CERTIFICATE-----' },
  suspendAfter: undefined,
};
const schemas = await readFunctionSchemas();

function environmentOf(name: string, changes: Partial<FunctionContext> = {}): Record<string, string> {
  const definition = localFunctions.find((one) => one.name === name);
  if (definition === undefined) throw new Error(name);
  return localEnvironment(definition, { ...context, ...changes });
}

describe('localEnvironment', () => {
  it.each(localFunctions.map(({ name }) => name))('%s gets settings that its schema takes', (name) => {
    const environment = environmentOf(name);
    const schema = schemas.get(name);
    if (schema === undefined) throw new Error(name);
    expect(readEnv(schema, environment)).toMatchObject({ TABLE_NAME: localSettings.table });
    expect(JSON.stringify(environment)).not.toContain('${');
    expect(Object.keys(environmentTemplates(name))).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it('overrides only what there is', () => {
    for (const { name, shared_environments: shared } of localFunctions) {
      const overridden = [...shared, name].flatMap((group) =>
        Object.keys(environmentOverrides[group]?.(context) ?? {}),
      );
      expect(Object.keys(environmentTemplates(name)), name).toEqual(expect.arrayContaining(overridden));
    }
    const groups = localFunctions.flatMap(({ name, shared_environments: shared }) => [...shared, name]);
    expect(groups).toEqual(expect.arrayContaining(Object.keys(environmentOverrides)));
  });

  it('leaves constants as they are on AWS, and fills places', () => {
    expect(
      environmentOf('smtp-dlq-processor', { deployment: { ...localSettings, namePrefix: 'team-' } }),
    ).toMatchObject({
      MAX_TRIES: '8',
      FUNCTION_NAMES: 'team-smtp-credential-rotator,team-smtp-credential-sweeper',
    });
  });

  it('lets time pass as fast as the stack does, and leaves defaults to the function', () => {
    const environment = environmentOf('smtp-credential-sweeper', { timings: fastTimings });
    expect(environment).toMatchObject({ DAY_SECONDS: '1', SETTLE_SECONDS: '2' });
    expect(environment).not.toHaveProperty('CLAIM_LEASE_SECONDS');
  });

  it('lets the validator wait for an IAM that lags before it blames', () => {
    const timings = adaptTimings(usualTimings, { seconds: 5 });
    expect(environmentOf('smtp-email-validator', { timings })).toMatchObject({ SETTLE_SECONDS: '5' });
  });

  it('has limits for everybody only when it is told to', () => {
    const settingsOf = (name: string, changes: Partial<FunctionContext>) => {
      const schema = schemas.get(name);
      if (schema === undefined) throw new Error(name);
      return readEnv(schema, environmentOf(name, changes));
    };
    const limits = { defaultQuotaPerDay: 50, maxCredentials: 7 };
    expect(settingsOf('smtp-feedback-processor', {})).not.toHaveProperty('DEFAULT_QUOTA_PER_DAY');
    expect(settingsOf('smtp-feedback-processor', limits)).toMatchObject({ DEFAULT_QUOTA_PER_DAY: 50 });
    expect(settingsOf('smtp-credential-manager', {})).not.toHaveProperty('MAX_CREDENTIALS');
    expect(settingsOf('smtp-credential-manager', limits)).toMatchObject({ MAX_CREDENTIALS: 7 });
  });

  it('suspends for violations only when it is told to', () => {
    expect(environmentOf('smtp-email-validator')).toMatchObject({ VALIDATOR_MODE: 'observe' });
    expect(environmentOf('smtp-email-validator', { suspendAfter: 2 })).toMatchObject({
      VALIDATOR_MODE: 'suspend',
      SUSPEND_AFTER_VIOLATIONS: '2',
    });
  });
});
