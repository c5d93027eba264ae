import { build, type Metafile } from 'esbuild';
import type { BundleFile } from './bundle-function.ts';

/** The command line's code, source maps apart, and the licenses of what is in it. */
export interface CliBundle {
  readonly code: readonly BundleFile[];
  readonly metafile: Metafile;
}

/** Some CommonJS dependencies call `require` for Node's own modules, which an ES module doesn't have. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** Bundles `src/cli/main.ts` to `main.mjs` and chunks that are loaded on demand, for every Node from 20 on. Writes no files. */
export async function bundleCli(root: string, version: string): Promise<CliBundle> {
  const outdir = `${root}/out`;
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir,
    write: false,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    legalComments: 'linked',
    metafile: true,
    logLevel: 'error',
    define: {
      'process.env.SESAME_VERSION': JSON.stringify(version),
      // On Node 20 the SDK advises to update Node, on every call. The version in this bundle works there.
      'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
    },
  });
  const code = outputFiles
    .map(({ path, contents }) => ({ name: path.slice(outdir.length + 1), bytes: withBanner(path, contents) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { code, metafile };
}

/** Adds the banner to chunks with code that asks for it. */
function withBanner(path: string, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  return path.endsWith('.mjs') && /\brequire\b/.test(text) ? Buffer.from(`${requireBanner}\n${text}`) : bytes;
}
