import { build, type Metafile } from 'esbuild';

/** One file of a bundle: its name inside the bundle, and its bytes. */
export interface BundleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What esbuild made of one entry point. `code` is deployed; `besides` (source maps, licence texts) stays at home. */
export interface Bundle {
  readonly code: readonly BundleFile[];
  readonly besides: readonly BundleFile[];
  readonly metafile: Metafile;
}

/** Some dependencies are CommonJS and call `require` for Node's own modules; an ES module has none. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * Bundles `entry` (a path relative to `root`) to `index.mjs` and its chunks. A dynamic import becomes a chunk that is
 * loaded when it is needed. Nothing is written. `alias` maps a package's name to the file that takes its place.
 */
export async function bundleFunction(
  root: string,
  entry: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<Bundle> {
  const outdir = `${root}/out`;
  const result = await build({
    absWorkingDir: root,
    entryPoints: { index: entry },
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's ES modules can be tree-shaken, its CommonJS files can't.
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    sourcemap: 'external',
    legalComments: 'external',
    banner: { js: requireBanner },
    alias: { ...alias },
    metafile: true,
    logLevel: 'error',
  });
  const files = result.outputFiles
    .map((file) => ({ name: file.path.slice(outdir.length + 1), bytes: file.contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    code: files.filter((file) => file.name.endsWith('.mjs')),
    besides: files.filter((file) => !file.name.endsWith('.mjs')),
    metafile: result.metafile,
  };
}
