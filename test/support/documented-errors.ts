import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Maps the service in an operation's name (`iam:CreateUser`) to its client's package. */
export const clientPackages = {
  iam: 'iam',
  dynamodb: 'dynamodb',
  kms: 'kms',
  sqs: 'sqs',
  sns: 'sns',
  events: 'eventbridge',
  ses: 'sesv2',
  ssm: 'ssm',
  lambda: 'lambda',
} as const;

/** Every call of the adapters, with the errors that AWS documents for it in the SDK's types. */
export function documentedErrors(): { readonly operation: string; readonly name: string }[] {
  const commands = usedCommands();
  return Object.entries(clientPackages).flatMap(([service, client]) => {
    const folder = join(root, `node_modules/@aws-sdk/client-${client}/dist-types/commands`);
    return commands
      .map((command) => [command, join(folder, `${command}.d.ts`)] as const)
      .filter(([, file]) => existsSync(file))
      .flatMap(([command, file]) =>
        [...readFileSync(file, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)]
          .map(([, name = '']) => name)
          .filter((name) => !name.endsWith('ServiceException'))
          .map((name) => ({ operation: `${service}:${command.replace(/Command$/, '')}`, name })),
      );
  });
}

function usedCommands(): string[] {
  const folder = join(root, 'src/aws');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return [...new Set(sources.join('\n').match(/\b[A-Z]\w+Command\b/g))];
}
