import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** The result of a Terraform command. */
export interface TerraformRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of `terraform/` with its own providers, so that no lock file or provider ends up in the repository. */
export interface TerraformWorkspace {
  /** Folder of the copy. */
  readonly folder: string;
  run(args: readonly string[], folder?: string): Promise<TerraformRun>;
  remove(): void;
}

/** Why the Terraform code can't be tested on this machine. */
export interface LeftOut {
  readonly reason: string;
}

const remedy =
  'To include it: install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install) and let it reach ' +
  'registry.terraform.io, or point TF_CLI_CONFIG_FILE to a configuration that knows a mirror of hashicorp/aws.';

/**
 * Makes a workspace and initializes its root. Without Terraform or its provider, returns the reason and prints what to do.
 *
 * @throws Error in that case when CI=true, where no test may be skipped
 */
export async function openTerraformWorkspace(): Promise<TerraformWorkspace | LeftOut> {
  const parent = mkdtempSync(join(tmpdir(), 'sesame-terraform-'));
  const workspace = copyInto(parent);
  const reason = await whyUnusable(workspace);
  if (reason === undefined) return workspace;
  workspace.remove();
  const message = `The tests of the Terraform code are skipped: ${reason} ${remedy}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(message);
  return { reason: message };
}

function copyInto(parent: string): TerraformWorkspace {
  const folder = join(parent, 'terraform');
  cpSync(join(root, 'terraform'), folder, {
    recursive: true,
    filter: (source) => !['.terraform', '.terraform.lock.hcl'].includes(basename(source)),
  });
  // Terraform expects the zips beside the folder; links of the alarms lead to the runbooks.
  mkdirSync(join(parent, 'dist'));
  symlinkSync(join(root, 'dist', 'functions'), join(parent, 'dist', 'functions'));
  return {
    folder,
    run: (args, within = folder) => runTerraform(args, within),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

async function whyUnusable(workspace: TerraformWorkspace): Promise<string | undefined> {
  const version = await workspace.run(['version', '-json']).catch(() => undefined);
  if (version === undefined) return 'there is no terraform on this machine.';
  const { terraform_version: found } = JSON.parse(version.stdout) as { terraform_version: string };
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 11)) return `terraform ${found} is too old.`;
  const { status, stderr } = await workspace.run(['init', '-backend=false', '-no-color']);
  if (status !== 0)
    return `the provider can't be installed (${stderr.match(/Error: (.*)/)?.[1] ?? 'terraform init failed'}).`;
  return undefined;
}

function runTerraform(args: readonly string[], cwd: string): Promise<TerraformRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('terraform', args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...pluginCache(), CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, stdout, stderr }));
  });
}

/** Caches the provider, which is about 700 MB, unless the user's own Terraform configuration says where it comes from. */
function pluginCache(): Record<string, string> {
  if (process.env['TF_CLI_CONFIG_FILE'] !== undefined || process.env['TF_PLUGIN_CACHE_DIR'] !== undefined) return {};
  const cache = join(root, '.sesame', 'terraform-plugins');
  mkdirSync(cache, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: cache, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: '1' };
}

/** All modules and examples in the repository's `terraform/`, as relative paths; the root is `.`. */
export function terraformFolders(): string[] {
  const below = (parent: string) =>
    readdirSync(join(root, 'terraform', parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`);
  return ['.', ...below('modules'), ...below('examples')].filter((folder) =>
    existsSync(join(root, 'terraform', folder, 'versions.tf')),
  );
}
