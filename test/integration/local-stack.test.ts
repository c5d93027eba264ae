import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRoutesCommand } from '@aws-sdk/client-apigatewayv2';
import { DescribeTableCommand, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, test } from 'vitest';
import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import { createLocalClients } from '../../local/local-clients.ts';
import { localFunctions } from '../../local/local-functions.ts';
import { freePorts } from '../../local/local-ports.ts';
import { createDeploymentFiles } from '../../src/admin/deployment-files.ts';
import { createDeploymentParameters } from '../../src/aws/ssm.ts';
import { parseDeployment } from '../../src/deployment/deployment.ts';
import { deploymentParameterName } from '../../src/deployment/deployment-name.ts';
import { findDeployment } from '../../src/deployment/find-deployment.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { localStack } from '../support/local-stack.ts';
import { startLocalStack } from '../support/start-local-stack.ts';

describe('the local stack', () => {
  const { description, clients } = localStack();

  test('has the table, with a stream of old and new images', async () => {
    const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: description.table }));
    expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
    expect(Table?.LatestStreamArn).toBe(description.streamArn);
  });

  test('has the queue, the topics and the verified identity with its configuration set', async () => {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: description.deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
    );
    expect(Attributes?.['QueueArn']).toMatch(/:smtp-dead-letters$/);
    for (const TopicArn of Object.values(description.topics)) {
      await clients.sns.send(new GetTopicAttributesCommand({ TopicArn }));
    }
    const identity = await clients.ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }));
    expect(identity.VerifiedForSendingStatus).toBe(true);
  });

  test('has the admin API with the routes that Terraform has, none without IAM', async () => {
    const ApiId = new URL(description.api.url).pathname.split('/')[2];
    const { Items = [] } = await clients.apiGateway.send(new GetRoutesCommand({ ApiId }));
    expect(Items.map(({ RouteKey }) => RouteKey).sort()).toEqual(adminApiRoutes.map(({ key }) => key).sort());
    expect(new Set(Items.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });

  test('is described in an SSM parameter, as on AWS', async () => {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: '/sesame/deployment' }));
    const described = parseDeployment(Parameter?.Value ?? '', 'The parameter');
    expect(described).toEqual(parseDeployment(JSON.stringify(description), 'The description'));
    expect(described.api).toEqual({ url: description.api.url });
  });

  test.each(localFunctions.map((definition) => [definition.name, definition] as const))(
    '%s runs on Lambda’s Node with its own role and policy',
    async (name, { stream, queue, memory_megabytes, timeout_seconds }) => {
      const configuration = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      expect(configuration).toMatchObject({
        Runtime: 'nodejs24.x',
        MemorySize: memory_megabytes,
        Timeout: timeout_seconds,
      });
      expect(configuration.Role).toMatch(new RegExp(`:role/${name}$`));
      const { PolicyDocument = '' } = await clients.iam.send(
        new GetRolePolicyCommand({ RoleName: name, PolicyName: name }),
      );
      expect(decodeURIComponent(PolicyDocument)).toContain('"Allow"');
      if (!stream && !queue) return;
      const { EventSourceMappings = [] } = await clients.lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: name }),
      );
      expect(EventSourceMappings).toHaveLength(1);
      expect(EventSourceMappings[0]?.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      if (!stream) return;
      expect(EventSourceMappings[0]).toMatchObject({
        BatchSize: stream.batch_size,
        BisectBatchOnFunctionError: stream.bisect_batch_on_function_error,
        MaximumRetryAttempts: stream.maximum_retry_attempts,
        MaximumRecordAgeInSeconds: stream.maximum_record_age_seconds,
        ParallelizationFactor: stream.parallelization_factor,
      });
      expect(EventSourceMappings[0]?.DestinationConfig?.OnFailure?.Destination).toMatch(/:smtp-dead-letters$/);
    },
  );

  test('is described as a deployment is, and found by its description', async () => {
    const deployment = parseDeployment(JSON.stringify(description), 'local.json');
    const { pid, credentials, streamArn, mailbox, logs, ...rest } = description;
    expect(deployment).toEqual(rest);
    for (const FunctionName of deployment.functions) {
      await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    }
    const home = mkdtempSync(join(tmpdir(), 'sesame-home-'));
    try {
      writeFileSync(join(home, 'local.json'), JSON.stringify(description));
      const sources = { ...createDeploymentFiles(home), ...createDeploymentParameters(() => clients.ssm) };
      const name = deploymentParameterName('other-');
      await expect(findDeployment({ name: 'other' }, sources)).rejects.toMatchObject({ code: 'DeploymentNotFound' });
      await clients.ssm.send(
        new PutParameterCommand({
          Name: name,
          Type: 'String',
          Value: JSON.stringify({ ...deployment, table: 'other' }),
        }),
      );
      expect((await findDeployment({ name: 'other' }, sources)).deployment).toEqual({ ...deployment, table: 'other' });
      expect(await findDeployment({}, sources)).toMatchObject({ deployment, source: 'local-stack' });
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  test('denies what no policy allows', async () => {
    const UserName = 'somebody';
    await clients.iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    const strangers = createLocalClients({
      ...description,
      credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
    });
    await expect(strangers.dynamodb.send(new ListTablesCommand({}))).rejects.toThrow(/not authorized/);
    strangers.destroy();
  });

  test('makes a credential from an inserted record', async () => {
    const records = createCredentialRecords(clients.dynamodb, description.table);
    await records.insert('stack.test', ['stack.test@example.com']);
    const record = await records.waitForStatus('stack.test', 'active');
    expect(record['iam_user_arn']).toContain(':user/ses-smtp/us-east-1/sesame-local/ses-smtp-user-stack.test-');
  });

  test('shows the functions’ logs as they are written', async () => {
    // The function logs after it has written the record that the previous test waited for.
    await expect
      .poll(() => readFileSync(description.logs.functions, 'utf8'), { timeout: 5_000 })
      .toContain('smtp-credential-manager {');
  });

  test('listens only on 127.0.0.1', async () => {
    const ports = [
      new URL(description.endpoint).port,
      new URL(description.mailbox).port,
      description.smtp.startTlsPort,
      description.smtp.tlsPort,
    ];
    for (const port of ports.map(Number)) {
      expect(await isListening('127.0.0.1', port)).toBe(true);
      for (const address of otherAddresses()) expect(await isListening(address, port), address).toBe(false);
    }
  });
});

describe('a stack with a state folder', () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'sesame-state-'));
  afterAll(() => rmSync(stateFolder, { recursive: true, force: true }));

  test('finds its records and credentials again, and continues', async () => {
    const ports = await freePorts();
    const first = await startLocalStack({ ports, stateFolder });
    const before = createCredentialRecords(first.clients.dynamodb, first.description.table);
    for (const username of ['one', 'two', 'three']) await before.insert(username, [`${username}@example.com`]);
    for (const username of ['one', 'two', 'three']) await before.waitForStatus(username, 'active');
    const record = await before.read('one');
    await first.stop();

    const second = await startLocalStack({ ports, stateFolder });
    try {
      const after = createCredentialRecords(second.clients.dynamodb, second.description.table);
      expect(await after.read('one')).toEqual(record);
      expect(second.description.kmsKeyArn).toBe(first.description.kmsKeyArn);
      // The stream starts empty: a mapping that kept its old position would miss this record.
      await after.insert('four', ['four@example.com']);
      await after.waitForStatus('four', 'active');
    } finally {
      await second.stop();
    }
  });
});

describe('a stack that ends', () => {
  test('leaves no process, no folder, no listener', async () => {
    const stack = await startLocalStack();
    const { clients, description } = stack;
    const folder = join(description.logs.emulator, '..', '..');
    const put = new PutItemCommand({ TableName: description.table, Item: { PK: { S: 'OTHER' }, SK: { S: '1' } } });
    await clients.dynamodb.send(put);
    await clients.dynamodb.send(
      new GetItemCommand({ TableName: description.table, Key: { PK: { S: 'OTHER' }, SK: { S: '1' } } }),
    );
    expect(processesWith(folder)).not.toEqual([]);
    await stack.stop();
    expect(processesWith(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(await isListening('127.0.0.1', Number(new URL(description.endpoint).port))).toBe(false);
  });
});

/** Ids and arguments of the processes whose command line names the text. */
function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(text));
}

/** Whether a connection to this address succeeds. If a firewall drops the attempt, it doesn't. */
function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

/** All IPv4 addresses of this machine except 127.0.0.1, and another loopback address. */
function otherAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const ipv4 = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  return ['127.0.0.2', ...ipv4];
}
