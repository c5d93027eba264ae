import { join } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { bundleFunction } from '../../scripts/build/bundle-function.ts';
import { zipFiles } from '../../scripts/build/zip-files.ts';
import { startLocalStack } from '../../test/support/start-local-stack.ts';
import { createBareProvision } from '../support/bare-provision.ts';
import { pendingRecord } from '../support/pending-record.ts';
import { forEachBounded } from '../../src/functions/for-each-bounded.ts';
import { lambdaRuntime } from '../../src/local/lambda-runtime.ts';
const stack = await startLocalStack();
const { clients, description } = stack;
const { code } = await bundleFunction(join(import.meta.dirname, '../..'), 'bench/scratch/fn.ts');
await clients.lambda.send(new CreateFunctionCommand({ FunctionName: 'bare', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: `arn:aws:iam::${description.accountId}:role/smtp-credential-manager`, MemorySize: 256, Timeout: 60,
  Environment: { Variables: { TABLE_NAME: description.table, KMS_KEY_ARN: description.kmsKeyArn, PERMISSIONS_BOUNDARY_ARN: description.permissionsBoundaryArn, ...lambdaRuntime(256) } }, Code: { ZipFile: zipFiles(code) } }));
async function insert(names: string[]) {
  for (let at = 0; at < names.length; at += 25) await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [description.table]: names.slice(at, at + 25).map((name) => ({ PutRequest: { Item: { ...pendingRecord(name), PK: { S: 'BARE' } } } })) } }));
}
await new Promise((r) => setTimeout(r, 3000)); console.log("ready");for (let round = 0; round < 1; round++) {
  const names = Array.from({ length: 500 }, (_, i) => `f${round}-${i}`);
  await insert(names);
  const answer = await clients.lambda.send(new InvokeCommand({ FunctionName: 'bare', Payload: JSON.stringify({ names }) }));
  console.log('as function', answer.Payload?.transformToString());
await new Promise((r) => setTimeout(r, 6000));  const own = Array.from({ length: 500 }, (_, i) => `s${round}-${i}`);
  await insert(own);
  const provision = createBareProvision({ table: description.table, kmsKeyArn: description.kmsKeyArn, permissionsBoundaryArn: description.permissionsBoundaryArn, partitionKey: 'BARE' }, { endpoint: description.endpoint, region: description.region, credentials: description.credentials });
  const t = Date.now(); const c = process.cpuUsage();
  await forEachBounded(own, 10, provision);
  const cpu = process.cpuUsage(c);
  console.log('as script', Date.now() - t, (cpu.user + cpu.system) / 1000);
}
await stack.stop();
process.exit();
