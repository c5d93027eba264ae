import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction } from '../../scripts/build/bundle-function.ts';
const root = join(import.meta.dirname, '../..');
const stub = (name: string, text: string) => { mkdirSync('/tmp/stubs', { recursive: true }); writeFileSync(`/tmp/stubs/${name}.ts`, text); return `/tmp/stubs/${name}.ts`; };
const cred = { '@aws-sdk/credential-provider-node': join(root, 'src/aws/lambda-credentials.ts') };
const logger = stub('logger', 'export class Logger { constructor(o: any) {} info() {} warn() {} error() {} debug() {} }');
const metrics = stub('metrics', 'export class Metrics { constructor(o: any) {} addMetric() {} hasStoredMetrics() { return false } publishStoredMetrics() {} }');
const suffix = stub('suffix', 'export function isPublicSuffix(d: any) { return d === 2 }');
const clients = process.argv[2]!;
const variants: Record<string, [string, Record<string, string>]> = {
  manager: ['src/functions/smtp-credential-manager/index.ts', cred],
  clients: [clients, {}],
  clientsCred: [clients, cred],
  nologger: ['src/functions/smtp-credential-manager/index.ts', { ...cred, '@aws-lambda-powertools/logger': logger }],
  nometrics: ['src/functions/smtp-credential-manager/index.ts', { ...cred, '@aws-lambda-powertools/metrics': metrics }],
  nosuffix: ['/tmp/m2/src/functions/smtp-credential-manager/index.ts', { ...cred }],
  nosuffixjit: ['/tmp/m3/src/functions/smtp-credential-manager/index.ts', { ...cred }],
  neither: ['src/functions/smtp-credential-manager/index.ts', { ...cred, '@aws-lambda-powertools/metrics': metrics, '@aws-lambda-powertools/logger': logger }],
};
for (const [name, [entry, alias]] of Object.entries(variants)) {
  const { code } = await bundleFunction(root, entry, alias);
  mkdirSync(`/tmp/load/${name}`, { recursive: true });
  let size = 0;
  for (const f of code) { writeFileSync(`/tmp/load/${name}/${f.name}`, f.bytes); size += f.bytes.length; }
  console.log(name, size, code.map((f) => `${f.name}:${f.bytes.length}`).join(' '));
}
