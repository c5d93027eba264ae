import { nodePackages } from './node-packages.mjs';
import { pythonVenv } from './python-venv.mjs';
import { zips } from './zips.mjs';

const stack = [nodePackages, pythonVenv, zips];

/**
 * What `scripts/run.mjs` can run, by the command's name: the parts that it needs, the file with its first arguments, and
 * optionally a file that must succeed before it.
 */
export const commands = {
  start: { needs: stack, run: ['local/main.ts'] },
  demo: { needs: stack, run: ['local/demo.ts'] },
  test: { needs: stack, run: ['node_modules/vitest/vitest.mjs', 'run'] },
  build: { needs: [nodePackages], run: ['scripts/build.ts'] },
  stats: { needs: [nodePackages], run: ['local/stats.ts'] },
  check: { needs: [nodePackages], before: 'scripts/build.ts', run: ['scripts/check.ts'] },
  'bench:load': { needs: [nodePackages], run: ['bench/load.ts'] },
  'bench:provision': { needs: stack, run: ['bench/provision.ts'] },
  'bench:verdicts': { needs: [nodePackages], run: ['bench/event-verdicts.ts'] },
  'bench:events': { needs: stack, run: ['bench/events.ts'] },
  'bench:bulk': { needs: stack, run: ['bench/bulk.ts'] },
  'bench:sweep': { needs: stack, run: ['bench/sweep.ts'] },
  'bench:provisioning-load': { needs: stack, run: ['bench/load-provisioning.ts'] },
  'bench:api': { needs: stack, run: ['bench/api.ts'] },
  'bench:cli-list': { needs: stack, run: ['bench/cli-list.ts'] },
  'bench:cli-start': { needs: [nodePackages], run: ['bench/cli-start.ts'] },
  'bench:where': { needs: stack, run: ['bench/where.ts'] },
};
