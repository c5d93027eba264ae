import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { documentedModules, readModule, renderTables, tablesOf } from '../scripts/terraform-docs.ts';
import { runTerraformTests } from './support/terraform/terraform-plans.ts';
import { openTerraformWorkspace, terraformFolders } from './support/terraform/terraform-workspace.ts';

const folder = join(import.meta.dirname, '..', 'terraform');
const workspace = await openTerraformWorkspace();
afterAll(() => ('run' in workspace ? workspace.remove() : undefined));

describe.runIf('run' in workspace)('Terraform', () => {
  const terraform = workspace as Exclude<typeof workspace, { reason: string }>;

  it('finds all files formatted', async () => {
    const { status, stdout } = await terraform.run(['fmt', '-check', '-recursive']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('finds every module and example valid', { timeout: 180_000 }, async () => {
    const folders = terraformFolders();
    expect(folders.length).toBeGreaterThan(15);
    for (const name of folders) {
      const within = join(terraform.folder, name);
      const init = await terraform.run(['init', '-backend=false', '-no-color'], within);
      expect(`${name}: ${init.stderr}`).toBe(`${name}: `);
      const { stdout } = await terraform.run(['validate', '-json'], within);
      const { valid, diagnostics } = JSON.parse(stdout) as { valid: boolean; diagnostics: unknown[] };
      expect({ name, valid, diagnostics }).toEqual({ name, valid: true, diagnostics: [] });
    }
  });

  it('passes its own tests', { timeout: 300_000 }, async () => {
    const names = ['validations', 'outputs', 'functions', 'parts', 'table', 'regions', 'dns', 'late-values'];
    const files = names.map((name) => `${name}.tftest.hcl`);
    const { runs, errors } = await runTerraformTests(terraform, files);
    expect(errors).toEqual([]);
    expect(new Set(runs.map(({ file }) => file))).toEqual(new Set(files.map((file) => `tests/${file}`)));
    expect(runs.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(runs.length).toBeGreaterThan(65);
  });

  it('says how to enable a disabled stream', () => {
    const source = readFileSync(join(terraform.folder, 'modules/table-stream/main.tf'), 'utf8');
    expect(source).toContain(
      `aws dynamodb update-table --table-name \${var.name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES`,
    );
  });
});

describe('the Terraform files', () => {
  const files = globSync('**/*.tf', { cwd: folder, exclude: ['**/.terraform/**'] });
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');

  it('exist', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  it('have a type, a description and no accidental null for every variable', () => {
    const variables = terraformFolders().flatMap((name) => readModule(join(folder, name)).variables);
    expect(variables.length).toBeGreaterThan(120);
    for (const { name, type, description, nullable } of variables) {
      expect({ name, nullable, described: description.length > 10 }).toEqual({
        name,
        nullable: false,
        described: true,
      });
      expect(type, name).not.toMatch(/\bany\b|^$/);
    }
  });

  it('have a description for every output', () => {
    const outputs = terraformFolders().flatMap((name) => readModule(join(folder, name)).outputs);
    expect(outputs.length).toBeGreaterThan(50);
    expect(outputs.filter(({ description }) => description.length < 10)).toEqual([]);
  });

  it('create no secret, and mark none', () => {
    const secretTypes =
      /"aws_(iam_access_key|iam_user_login_profile|iam_service_specific_credential|kms_ciphertext|kms_secrets|secretsmanager_\w+)"/;
    expect(files.filter((file) => secretTypes.test(read(file)))).toEqual([]);
    expect(files.filter((file) => /\bsensitive\s*=/.test(read(file)))).toEqual([]);
    // The description of the deployment is the only parameter, and no secret.
    expect(files.filter((file) => /"aws_ssm_parameter"/.test(read(file)))).toEqual(['deployment.tf']);
    expect(read('deployment.tf').match(/resource "/g)).toHaveLength(1);
    expect(read('deployment.tf')).toMatch(/type\s+= "String"/);
  });

  it('give a reason for every skipped check', () => {
    const skips = files.flatMap((file) => [...read(file).matchAll(/checkov:skip=(\w+):?(.*)/g)]);
    expect(skips.length).toBeGreaterThan(5);
    expect(skips.filter(([, , reason = '']) => reason.trim().length < 20)).toEqual([]);
  });

  it.each(documentedModules())('%s/README.md lists the existing inputs and outputs', (name) => {
    const readme = read(`${name}/README.md`);
    expect(tablesOf(readme)).toBe(renderTables(readModule(join(folder, name))));
  });
});
