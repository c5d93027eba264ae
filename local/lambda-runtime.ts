/**
 * What Lambda's Node.js runtime gives a process beyond the function's own settings, and the emulator doesn't: its name, and
 * a heap sized by the function's memory (a tenth for new objects, in two halves; the rest for old ones). Without it Node
 * sizes its heap by this machine's memory, and a function's use of memory would say nothing.
 */
export function lambdaRuntime(memoryMegabytes: number): Record<string, string> {
  const newSpace = Math.floor(memoryMegabytes / 10);
  return {
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    NODE_OPTIONS: `--max-semi-space-size=${Math.floor(newSpace / 2)} --max-old-space-size=${memoryMegabytes - newSpace}`,
  };
}
