import { readFileSync } from 'node:fs';
import { CreateFunctionCommand, DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { PolicyDocument } from '../../local/policy/policy-document.ts';
import { createFunctionRole } from '../../local/resources/create-function-role.ts';
import type { SharedLocalStack } from './local-stack.ts';

/** A minimal policy: the function makes no calls. */
const rights: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'SayWhoIAm', Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' }],
};

/** A function that a test deploys to a stack. */
export interface TestFunction {
  readonly name: string;
  /** The values that its handler passed to `note`, in order. */
  notes<T>(): T[];
  remove(): Promise<void>;
}

/**
 * Makes a function from the body of an asynchronous handler. The body can use `event`, `note(value)`, which reports a value to
 * the test, and `memory`, an object that lives as long as the process. The emulator ends the process when the handler throws.
 */
export async function createTestFunction(
  { description, clients }: SharedLocalStack,
  name: string,
  handlerBody: string,
): Promise<TestFunction> {
  const source = [
    'const memory = {};',
    "const note = (value) => console.log('NOTE ' + JSON.stringify(value));",
    `export const handler = async (event) => {\n${handlerBody}\n};`,
  ].join('\n');
  await createFunctionRole(clients.iam, name, rights);
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${description.accountId}:role/${name}`,
      Timeout: 20,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
    }),
  );
  const beginning = `${name} NOTE `;
  return {
    name,
    notes: <T>() =>
      readFileSync(description.logs.functions, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(beginning))
        .map((line) => JSON.parse(line.slice(beginning.length)) as T),
    remove: async () => {
      await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    },
  };
}
