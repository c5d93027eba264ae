#!/usr/bin/env node
// Nothing is imported before the command line was looked at: asking for the version must be quick.
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${process.env.SESAME_VERSION}\n`);
} else {
  const { runProcess } = await import('./run-process.ts');
  await runProcess(args, process.env.SESAME_VERSION ?? 'unknown');
}
