import { spawn } from 'node:child_process';
import { constants } from 'node:os';

let child;
let stopSignal;

/** From now on, forwards the signals that end this process to the program that runs, if one does. */
export function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopSignal = signal;
      child?.kill(signal);
    });
  }
}

/** The exit status for the signal that was received (128 + n for signal n); undefined when there was none. */
export function stopStatus() {
  return stopSignal && 128 + constants.signals[stopSignal];
}

/** @throws Error when a signal was received. */
export function throwIfStopped() {
  if (stopSignal) throw new Error('stopped');
}

/**
 * Runs a program to its end, forwards signals to it, and returns its exit status (128 + n for signal n).
 *
 * @param options those of `spawn`
 * @param onOutput called with each part of what the program prints to a pipe
 */
export function runProcess(program, args, options, onOutput) {
  return new Promise((resolve, reject) => {
    child = spawn(program, args, options);
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      child = undefined;
      resolve(code ?? 128 + constants.signals[signal]);
    });
    if (stopSignal) child.kill(stopSignal);
  });
}

/** Ends the program when npm was killed and couldn't forward the signal. package.json uses `exec`, so npm is our parent. */
export function watchParent() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child?.kill('SIGTERM');
  }, 500);
  timer.unref();
}
