import { readFileSync } from 'node:fs';

/** Reads a file's trimmed text, or returns `otherwise` when the file can't be read. */
export function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return otherwise;
  }
}
