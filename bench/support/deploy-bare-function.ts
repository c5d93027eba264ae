import { join } from 'node:path';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { lambdaRuntime } from '../../local/lambda-runtime.ts';
import { bundleFunction } from '../../scripts/build/bundle-function.ts';
import { zipFiles } from '../../scripts/build/zip-files.ts';
import type { OwnLocalStack } from '../../test/support/start-local-stack.ts';

/** The manager's memory, in MB. */
const memorySize = 256;

/** Deploys the baseline as the function `bare`, with the manager's role and memory. */
export async function deployBareFunction({ clients, description }: OwnLocalStack, partitionKey: string): Promise<void> {
  const { code } = await bundleFunction(join(import.meta.dirname, '../..'), 'bench/support/bare-function.ts');
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'bare',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${description.accountId}:role/smtp-credential-manager`,
      MemorySize: memorySize,
      Timeout: 60,
      Environment: {
        Variables: {
          TABLE_NAME: description.table,
          KMS_KEY_ARN: description.kmsKeyArn,
          PERMISSIONS_BOUNDARY_ARN: description.permissionsBoundaryArn,
          PARTITION_KEY: partitionKey,
          ...lambdaRuntime(memorySize),
        },
      },
      Code: { ZipFile: zipFiles(code) },
    }),
  );
}
