import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
const root = join(import.meta.dirname, '../..');
const cred = { '@aws-sdk/credential-provider-node': join(root, 'src/aws/lambda-credentials.ts') };
const banner = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
const builtins: Plugin = { name: 'builtins', setup(b) {
  b.onResolve({ filter: /^(node:.*|fs|os|path|crypto|util|http|https|stream|process|url|buffer|events|zlib|fs\/promises|async_hooks)$/ }, (a) => a.kind === 'import-statement' ? { path: a.path.replace(/^node:/, ''), namespace: 'builtin' } : undefined);
  b.onLoad({ filter: /.*/, namespace: 'builtin' }, (a) => ({ contents: `module.exports = process.getBuiltinModule('node:${a.path}')`, loader: 'js' }));
} };
async function go(name: string, entry: string, plugins: Plugin[], splitting = true) {
  const r = await build({ absWorkingDir: root, entryPoints: { index: entry }, outdir: `${root}/out`, write: false, bundle: true, splitting, minify: true, format: 'esm', platform: 'node', target: 'node24', mainFields: ['module', 'main'], outExtension: { '.js': '.mjs' }, chunkNames: 'chunk-[hash]', legalComments: 'external', banner: { js: banner }, alias: cred, plugins });
  mkdirSync(`/tmp/load/${name}`, { recursive: true });
  for (const f of r.outputFiles) writeFileSync(`/tmp/load/${name}/${f.path.split('/').pop()}`, f.contents);
}
await go('builtin', 'src/functions/smtp-credential-manager/index.ts', [builtins]);
await go('builtinNosuf', '/tmp/m2/src/functions/smtp-credential-manager/index.ts', [builtins]);
await go('builtinOne', '/tmp/m2/src/functions/smtp-credential-manager/index.ts', [builtins], false);
