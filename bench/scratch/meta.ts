import { join } from 'node:path';
import { bundleFunction } from '../../scripts/build/bundle-function.ts';
const root = join(import.meta.dirname, '../..');
const { metafile } = await bundleFunction(root, 'src/functions/smtp-credential-manager/index.ts', { '@aws-sdk/credential-provider-node': join(root, 'src/aws/lambda-credentials.ts') });
for (const [out, o] of Object.entries(metafile.outputs)) {
  if (!out.endsWith('.mjs')) continue;
  const pk = new Map<string, number>();
  for (const [f, { bytesInOutput }] of Object.entries(o.inputs)) { const m = /node_modules\/((?:@[^/]+\/)?[^/]+(?:\/dist-es\/submodules\/[^/]+)?)/.exec(f); const k = m?.[1] ?? f.replace(/\/[^/]*$/, ''); pk.set(k, (pk.get(k) ?? 0) + bytesInOutput); }
  console.log('\n' + out, o.bytes, 'imports', o.imports.map((i) => `${i.kind === 'dynamic-import' ? '(dyn)' : ''}${i.path.split('/').pop()}`).join(' '));
  for (const [k, v] of [...pk].sort((a, b) => b[1] - a[1]).slice(0, 25)) console.log('   ', v, k);
}
