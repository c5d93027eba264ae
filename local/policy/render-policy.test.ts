import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyValues } from '../deploy-function.ts';
import { projectFolder } from '../project-folder.ts';
import { readPolicyTemplate } from './read-policy-template.ts';
import { renderPolicy } from './render-policy.ts';

const resources = {
  tableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t',
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026',
  kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
  deadLetterQueue: { url: 'http://127.0.0.1/q', arn: 'arn:aws:sqs:us-east-1:000000000000:q' },
  topics: { bounces: 'b', complaints: 'c', alerts: 'a' },
  permissionsBoundaryArn: 'arn:aws:iam::000000000000:policy/b',
};

/** A policy template with this text as its only resource. */
function templateFor(resource: string): string {
  return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:B","Resource":"${resource}"}]}`;
}

describe('renderPolicy', () => {
  test('replaces each placeholder', () => {
    const template = templateFor(`\${x}/\${y}/\${x}`);
    expect(renderPolicy(template, { x: '1', y: '2' }).Statement[0]?.Resource).toBe('1/2/1');
  });

  test('a value cannot break out of its string', () => {
    expect(renderPolicy(templateFor(`\${x}`), { x: '"]}\\' }).Statement[0]?.Resource).toBe('"]}\\');
  });

  test('names the value that is missing', () => {
    expect(() => renderPolicy(templateFor(`\${nobody}`), {})).toThrow('"nobody"');
  });

  test('every template of the project can be filled', async () => {
    const files = (await readdir(join(projectFolder, 'terraform', 'policies'))).filter((file) =>
      file.endsWith('.json'),
    );
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const name = file.slice(0, -'.json'.length);
      const policy = renderPolicy(await readPolicyTemplate(name), policyValues(name, resources));
      expect(policy.Version, file).toBe('2012-10-17');
      expect(JSON.stringify(policy), file).not.toContain('${');
      expect(
        policy.Statement.every((statement) => statement.Sid),
        file,
      ).toBe(true);
    }
  });
});
