#!/usr/bin/env node
// The command line of this clone: `npx --no-install sesame`. It runs on Node 20 without packages.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.mjs', import.meta.url);
if (existsSync(built)) await import(built.href);
else {
  console.error('sesame: it is not built yet. Build it with: npm run build');
  process.exitCode = 1;
}
