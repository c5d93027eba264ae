import type { TestProject } from 'vitest/node';
import type { LocalDescription } from '../../local/local-description.ts';
import { startLocalStack } from './start-local-stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    localStack: LocalDescription;
  }
}

/** Starts the stack that all tests of a run share, and stops it after the last one. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startLocalStack({ cloudTrail: true });
  project.provide('localStack', stack.description);
  return stack.stop;
}
