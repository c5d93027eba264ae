/**
 * Settings that Lambda's Node.js runtime adds to a process and the emulator doesn't: the runtime's name, and a heap sized to the
 * function's memory (a tenth for the two halves of the new space, the rest for the old space). Otherwise Node would size its
 * heap to this machine's memory, and memory figures would mean nothing.
 */
export function lambdaRuntime(memoryMegabytes: number): Record<string, string> {
  const newSpace = Math.floor(memoryMegabytes / 10);
  return {
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    NODE_OPTIONS: `--max-semi-space-size=${Math.floor(newSpace / 2)} --max-old-space-size=${memoryMegabytes - newSpace}`,
  };
}
