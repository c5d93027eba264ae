/** The sizes of a function's build, in bytes; the budget is in KiB. */
export interface FunctionSizes {
  readonly name: string;
  readonly zipBytes: number;
  readonly unzippedBytes: number;
  readonly chunks: number;
  readonly budgetKiB: number;
}

/** Whether the zip exceeds its budget. */
export function isOverBudget(sizes: FunctionSizes): boolean {
  return sizes.zipBytes > sizes.budgetKiB * 1024;
}

/** A readable table: one line per function, sizes in KiB. */
export function sizeTable(builds: readonly FunctionSizes[]): string {
  const rows = builds.map((sizes) => [
    sizes.name,
    kib(sizes.zipBytes),
    kib(sizes.unzippedBytes),
    String(sizes.chunks),
    String(sizes.budgetKiB),
    isOverBudget(sizes) ? 'TOO LARGE' : 'ok',
  ]);
  const table = [['function', 'zip KiB', 'unzipped KiB', 'chunks', 'budget KiB', ''], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return table.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
