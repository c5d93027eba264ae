import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readModule } from '../scripts/terraform-docs.ts';
import { type CodeBlock, codeBlocks } from './support/readme-commands.ts';
import { openTerraformWorkspace } from './support/terraform/terraform-workspace.ts';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8');
const blocks = codeBlocks(guide);
const ofLanguage = (language: string) => blocks.filter((block): block is CodeBlock => block.language === language);
const commands = ofLanguage('bash').map(({ text }) => text);
const { variables, outputs } = readModule(join(root, 'terraform'));
const configuration = ofLanguage('hcl')[0]?.text ?? '';

const workspace = await openTerraformWorkspace();
afterAll(() => ('run' in workspace ? workspace.remove() : undefined));

describe('the guide to deploy', () => {
  it('has valid shell commands', () => {
    expect(commands.length).toBeGreaterThan(10);
    for (const text of commands) expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
  });

  it('reads outputs that its configuration has', () => {
    const read = [...guide.matchAll(/terraform output -\w+ (\w+)/g)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(1);
    expect(read.filter((name) => !configuration.includes(`output "${name}"`))).toEqual([]);
  });

  it('names only existing settings and outputs', () => {
    const named = [...guide.matchAll(/module\.sesame\.([a-z]\w+)(?![\w.])/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !outputs.some((output) => output.name === name))).toEqual([]);
    for (const name of ['create_table', 'alert_emails', 'admin_principals']) {
      expect(guide).toContain(name);
      expect(variables.map((variable) => variable.name)).toContain(name);
    }
  });

  it('sends its first mail with valid Python', () => {
    const [, program = ''] = guide.match(/python3 -c '\n(.*?)^'$/ms) ?? [];
    expect(program).toContain('smtplib');
    const parsed = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: program,
      encoding: 'utf8',
    });
    expect(parsed.stderr).toBe('');
  });

  it.runIf('run' in workspace)('has a valid configuration', { timeout: 60_000 }, async () => {
    const terraform = workspace as Exclude<typeof workspace, { reason: string }>;
    const own = mkdtempSync(join(tmpdir(), 'sesame-guide-'));
    try {
      writeFileSync(join(own, 'main.tf'), configuration.replace('../sesame/terraform', terraform.folder));
      expect((await terraform.run(['init', '-backend=false', '-no-color'], own)).stderr).toBe('');
      expect(await terraform.run(['validate', '-no-color'], own)).toMatchObject({ status: 0 });
      expect((await terraform.run(['fmt', '-check'], own)).stdout).toBe('');
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});
