import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionDefinitions } from '../local/function-definitions.ts';
import { readModule } from '../scripts/terraform-docs.ts';
import * as logMessages from '../src/observability/log-messages.ts';
import { codeBlocks, linkedFiles } from './support/readme-commands.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const guide = read('docs/first-hour-on-aws.md');
const commands = codeBlocks(guide)
  .filter(({ language }) => language === 'bash')
  .map(({ text }) => text);
const sections = guide.split(/^## /m).slice(1);
const checks = sections.filter((section) => /^\d/.test(section));

describe('the first hour on AWS', () => {
  it('is linked from the deployment guide and the README', () => {
    expect(linkedFiles(read('docs/deploy.md'))).toContain('first-hour-on-aws.md');
    expect(linkedFiles(read('README.md'))).toContain('docs/first-hour-on-aws.md');
  });

  it('gives for every check the command, the result, and what to change', () => {
    expect(checks.length).toBeGreaterThan(6);
    for (const check of checks) {
      expect(check).toMatch(/^```bash\n/m);
      expect(check).toMatch(/^\*\*Expected:\*\* /m);
      expect(check).toMatch(/^\*\*Otherwise:\*\* /m);
    }
  });

  it('has valid shell and Python code', () => {
    expect(commands.length).toBeGreaterThan(checks.length);
    for (const text of commands) expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
    const [, program = ''] = guide.match(/<<'PYTHON'\n(.*?)^PYTHON$/ms) ?? [];
    expect(program).toContain('smtplib');
    const compiled = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: program,
      encoding: 'utf8',
    });
    expect(compiled.stderr).toBe('');
  });

  it('asks whether a refused write shows the ciphertext to the operator, and notices a call that answers nothing', () => {
    const check =
      checks.find((section) => section.includes('--return-values-on-condition-check-failure ALL_OLD')) ?? '';
    expect(check).toMatch(/As the role `operator`/);
    const [, pattern = ''] = /grep -oE '(.+)' \| sort -u/.exec(check) ?? [];
    const shown = (answer: string) =>
      spawnSync('bash', ['-c', `grep -oE '${pattern}' | sort -u`], { input: answer, encoding: 'utf8' }).stdout;
    const refusal = '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"';
    expect(shown(`${refusal}}`)).toBe('ConditionalCheckFailedException\n');
    expect(shown(`${refusal},"Item":{"encrypted_password":{"S":"AQI="}}}`)).toContain('encrypted_password');
    expect(shown('Unable to locate credentials')).toBe('');
  });

  it('uses no shell variable before it is set', () => {
    const script = commands.join('\n');
    const used = new Set([...script.matchAll(/\$\{?([A-Z_]{3,})\b/g)].map(([, name = '']) => name));
    const set = new Set(
      [...script.matchAll(/(?:^|\s)(?:read -r )?([A-Z_]{3,})(?==|\s+ENCRYPTED|\s*<)/gm)].map(([, name]) => name),
    );
    expect([...used].filter((name) => !set.has(name))).toEqual([]);
  });

  it('names only existing settings, log codes and functions', () => {
    const settings = readModule(join(root, 'terraform')).variables.map(({ name }) => name);
    for (const name of [
      'smtp_host',
      'validator',
      'topics_kms_key_arn',
      'verification',
      'sending_metrics',
      'admin_principals',
    ]) {
      expect(guide).toContain(name);
      expect(settings).toContain(name);
    }
    const codes: readonly string[] = Object.values(logMessages).map(({ code }) => code);
    const named = [...guide.matchAll(/\$\.code = "(\w+)"/g)].map(([, code = '']) => code);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
    for (const [, name = ''] of guide.matchAll(/\/aws\/lambda\/\$\{PREFIX\}([\w-]+)/g))
      expect(Object.keys(functionDefinitions)).toContain(name);
  });
});
