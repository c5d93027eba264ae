import { appendFileSync } from 'node:fs';
import { PrerequisiteError } from './prerequisite-error.mjs';
import { project, setupLog } from './project-paths.mjs';
import { runProcess, throwIfStopped } from './run-process.mjs';

/**
 * Runs a program of the setup, shows one line with its time, and keeps its output in case it fails.
 *
 * @throws PrerequisiteError with the end of the output when it fails.
 */
export async function runStep(title, program, args, env = process.env) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const isTerminal = process.stderr.isTTY;
  if (!isTerminal) process.stderr.write(`${title} ...\n`);
  const show = () => process.stderr.write(`\r${title} ... ${seconds()} s`);
  const timer = isTerminal ? setInterval(show, 500) : undefined;
  if (isTerminal) show();
  const output = [];
  const status = await runProcess(program, args, { env, cwd: project, stdio: ['ignore', 'pipe', 'pipe'] }, (text) => {
    output.push(text);
    appendFileSync(setupLog, text);
  });
  clearInterval(timer);
  throwIfStopped();
  if (status === 0) {
    process.stderr.write(isTerminal ? `\r${title}: done in ${seconds()} s\n` : `  done in ${seconds()} s\n`);
    return;
  }
  const end = output.join('').trimEnd().split('\n').slice(-15).join('\n');
  throw new PrerequisiteError(
    `${isTerminal ? '\n' : ''}${title} failed (status ${status}). The end of ${setupLog}:\n${end}`,
  );
}
