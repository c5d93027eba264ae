import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleCli } from './bundle-cli.ts';
import type { BundleFile } from './bundle-function.ts';
import { checkInputs, readPackageRules } from './check-inputs.ts';
import { tarFiles } from './tar-files.ts';

/** The command line, built. */
export interface CliBuild {
  /** Holds `main.mjs`. */
  readonly directory: string;
  /** What `npm install --global` takes. */
  readonly packageFile: string;
  readonly packageBytes: number;
  readonly unpackedBytes: number;
}

/** Builds the command line to `<out>/cli` and packs it to `<out>/sesame-cli-VERSION.tgz`. Builds are byte-identical. */
export async function buildCli(root: string, outDirectory = join(root, 'dist')): Promise<CliBuild> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const { code, metafile } = await bundleCli(root, manifest.version);
  const faults = checkInputs(metafile, 'src/cli/main.ts', readPackageRules(root));
  if (faults.length > 0) throw new Error(`Must not be published:\n${faults.join('\n')}`);

  const directory = join(outDirectory, 'cli');
  await mkdir(outDirectory, { recursive: true });
  await replaceFolder(directory, code);
  const contents = [
    { name: 'package.json', bytes: Buffer.from(packageManifest(manifest)) },
    { name: 'LICENSE', bytes: readFileSync(join(root, 'LICENSE')) },
    ...code,
  ];
  const archive = tarFiles(contents.map(({ name, bytes }) => ({ name: `package/${name}`, bytes })));
  const packageFile = join(outDirectory, `sesame-cli-${manifest.version}.tgz`);
  await removeOlder(outDirectory, packageFile);
  await writeFile(packageFile, archive);
  return {
    directory,
    packageFile,
    packageBytes: archive.byteLength,
    unpackedBytes: contents.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
  };
}

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** Private: nothing of this name is, or is to be, on the registry. */
function packageManifest({ version, description, license }: Manifest): string {
  const manifest = {
    name: 'sesame-cli',
    version,
    private: true,
    description: `${description}: the command line`,
    license,
    type: 'module',
    engines: { node: '>=20.12' },
    bin: { sesame: 'main.mjs' },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** A program that starts meanwhile finds the old files or the new ones. */
async function replaceFolder(directory: string, files: readonly BundleFile[]): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  await Promise.all(files.map(({ name, bytes }) => writeFile(join(draft, name), bytes, { mode: 0o755 })));
  if (existsSync(directory)) await rm(directory, { recursive: true });
  await rename(draft, directory);
}

async function removeOlder(outDirectory: string, packageFile: string): Promise<void> {
  const older = (await readdir(outDirectory)).filter((name) => /^sesame-cli-.*\.tgz$/.test(name));
  await Promise.all(
    older
      .map((name) => join(outDirectory, name))
      .filter((file) => file !== packageFile)
      .map((file) => rm(file)),
  );
}
