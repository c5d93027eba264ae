import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What the linter says of a document. It asks nobody on the network. */
async function lint(file: string): Promise<{ readonly exit: number; readonly output: string }> {
  const args = [
    join(root, 'node_modules/@redocly/cli/bin/cli.js'),
    'lint',
    file,
    '--config',
    join(root, 'redocly.yaml'),
  ];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' };
  return await promisify(execFile)(process.execPath, [...args, '--format', 'stylish'], { env }).then(
    ({ stdout, stderr }) => ({ exit: 0, output: stdout + stderr }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
      exit: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

it('the OpenAPI document follows every recommendation of a public linter', async () => {
  const { exit, output } = await lint(join(root, 'src/http/openapi.json'));
  expect(output).toContain('Your API description is valid');
  expect({ exit, output }).toMatchObject({ exit: 0 });
});

it('a document that doesn’t is refused', async () => {
  const document = JSON.parse(await readFile(join(root, 'src/http/openapi.json'), 'utf8'));
  document.paths['/v1/credentials'].get.responses = { 200: { description: 'A list' } };
  const folder = await mkdtemp(join(tmpdir(), 'sesame-openapi-'));
  const file = join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  const { exit, output } = await lint(file);
  await rm(folder, { recursive: true });
  expect(exit).toBe(1);
  expect(output).toContain('operation-4xx-response');
});
