import type { Command } from './command.ts';

/** A command's place in the program. Its file is loaded when it is asked for. */
export interface CatalogueEntry {
  /** One or two words. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
}
