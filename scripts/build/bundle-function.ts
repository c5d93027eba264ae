import { relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/** One file of a bundle: its name inside the bundle, and its bytes. */
export interface BundleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** esbuild's output for one entry point. `code` is deployed; `besides` (source maps, license texts) isn't. */
export interface Bundle {
  readonly code: readonly BundleFile[];
  readonly besides: readonly BundleFile[];
  readonly metafile: Metafile;
}

/** Some CommonJS dependencies call `require` for Node's own modules, which an ES module doesn't have. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** Settings that all bundles share. */
const common = {
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  // The SDK's ES modules can be tree-shaken; its CommonJS files can't.
  mainFields: ['module', 'main'],
  sourcemap: 'external',
  legalComments: 'external',
  metafile: true,
  logLevel: 'error',
} satisfies BuildOptions;

/** What a bundle holds instead of what the packages import. */
export interface Replacements {
  /** By a module's name: the file that stands in its place. */
  readonly alias?: Readonly<Record<string, string>>;
  /** Modules that packages import on demand and that the functions never ask for. They stay out. */
  readonly leftOut?: readonly string[];
  /**
   * Everything that our own files import on demand becomes one chunk. A function that has much of that starts faster: code that the start
   * shares with several chunks is cut into a file for each way in which it is shared, and the start loads them all.
   */
  readonly isLoadedTogether?: boolean;
}

/**
 * Bundles `entry` (a path relative to `root`) to `index.mjs` and its chunks. A dynamic import becomes a chunk that is loaded on
 * demand. So does a package that one of our `.cjs` files requires: `<package>.cjs`. Writes no files.
 *
 * @throws Error when a module that is to be left out is loaded at the start
 */
export async function bundleFunction(
  root: string,
  entry: string,
  { alias = {}, leftOut = [], isLoadedTogether = false }: Replacements = {},
): Promise<Bundle> {
  const outdir = `${root}/out`;
  const apart = new Map<string, string>();
  const options = {
    ...common,
    absWorkingDir: root,
    entryPoints: { index: entry },
    outdir,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner: { js: requireBanner },
    alias: { ...alias },
    external: [...leftOut],
    plugins: [leaveApart(root, apart)],
  } satisfies BuildOptions;
  const apartFromEachOther = await build(options);
  const targets = isLoadedTogether ? targetsOnDemand(apartFromEachOther.metafile) : [];
  checkNames(apartFromEachOther.metafile, targets);
  const result =
    targets.length < 2
      ? apartFromEachOther
      : await build({ ...options, plugins: [...options.plugins, loadTogether(root, targets)] });
  checkLeftOut(result.metafile, leftOut);
  const packages = await Promise.all(
    [...apart.keys()].map((name) =>
      build({
        ...common,
        absWorkingDir: root,
        entryPoints: { [name]: name },
        outdir,
        format: 'cjs',
        outExtension: { '.js': '.cjs' },
      }),
    ),
  );
  const files = [result, ...packages]
    .flatMap(({ outputFiles }) => outputFiles)
    .map((file) => ({ name: file.path.slice(outdir.length + 1), bytes: file.contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    code: files.filter((file) => isCode(file.name)),
    besides: files.filter((file) => !isCode(file.name)),
    metafile: joinMetafiles(
      result.metafile,
      packages.map(({ metafile }) => metafile),
      apart,
    ),
  };
}

function checkLeftOut({ outputs }: Metafile, leftOut: readonly string[]): void {
  for (const { imports } of Object.values(outputs)) {
    const needed = imports.find(({ path, kind }) => leftOut.includes(path) && kind !== 'dynamic-import');
    if (needed !== undefined)
      throw new Error(`${needed.path} can't be left out of the bundle: it is loaded at the start.`);
  }
}

/** Our own files that are imported on demand, as paths below the root. */
function targetsOnDemand({ inputs }: Metafile): string[] {
  const imports = Object.values(inputs).flatMap((input) => input.imports);
  const targets = imports.filter(({ kind, path }) => kind === 'dynamic-import' && /^src\/.*\.ts$/.test(path));
  return [...new Set(targets.map(({ path }) => path))].sort();
}

/** Of two exports with the same name, a module that exports all of both has neither. */
function checkNames({ outputs }: Metafile, targets: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const { entryPoint = '', exports } of Object.values(outputs)) {
    if (!targets.includes(entryPoint)) continue;
    for (const name of exports) {
      const other = seen.get(name);
      if (other !== undefined)
        throw new Error(`${other} and ${entryPoint} both export ${name}, and are loaded together.`);
      seen.set(name, entryPoint);
    }
  }
}

/** Gives each import on demand of one of these files a module with the exports of all. */
function loadTogether(root: string, targets: readonly string[]): Plugin {
  return {
    name: 'load-together',
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^\./ }, async ({ importer, kind, path, pluginData, resolveDir }) => {
        if (kind !== 'dynamic-import' || pluginData === 'asked') return undefined;
        const found = await resolve(path, { importer, kind, resolveDir, pluginData: 'asked' });
        if (!targets.includes(relative(root, found.path).replaceAll('\\', '/'))) return undefined;
        return { path: 'on-demand', namespace: 'on-demand' };
      });
      onLoad({ filter: /.*/, namespace: 'on-demand' }, () => ({
        contents: targets.map((target) => `export * from './${target}';`).join('\n'),
        resolveDir: root,
      }));
    },
  };
}

function isCode(name: string): boolean {
  return name.endsWith('.mjs') || name.endsWith('.cjs');
}

/**
 * Leaves packages that our `.cjs` files require out of the bundle, and records which file requires them. In the bundle they
 * would be compiled on every start, even if they are required later.
 */
function leaveApart(root: string, apart: Map<string, string>): Plugin {
  return {
    name: 'leave-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^[a-z@]/ }, ({ kind, importer, path }) => {
        if (kind !== 'require-call' || !importer.endsWith('.cjs') || importer.includes('/node_modules/'))
          return undefined;
        apart.set(path, relative(root, importer));
        return { path: `./${path}.cjs`, external: true };
      });
    },
  };
}

/** Joins the metafiles: the file that requires a separate package becomes its importer. */
function joinMetafiles(main: Metafile, packages: readonly Metafile[], apart: ReadonlyMap<string, string>): Metafile {
  const inputs = Object.assign({}, main.inputs, ...packages.map((metafile) => metafile.inputs)) as Metafile['inputs'];
  const entries = packages.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []),
  );
  for (const [index, importer] of [...apart.values()].entries()) {
    const path = entries[index];
    if (path === undefined) throw new Error(`${importer} requires a package that wasn't bundled`);
    inputs[importer]?.imports.push({ path, kind: 'require-call' });
  }
  return { inputs, outputs: Object.assign({}, main.outputs, ...packages.map(({ outputs }) => outputs)) };
}
