import { zipSync } from 'fflate';
import type { BundleFile } from './bundle-function.ts';

/** A regular file with read permission for all users: Lambda runs the code as a different user than its owner. */
const readableFile = (0o100644 << 16) >>> 0;
const unix = 3;

/** Zips files reproducibly: the bytes don't depend on the clock, the machine or the order of the files. */
export function zipFiles(files: readonly BundleFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = Object.fromEntries(sorted.map((file) => [file.name, file.bytes]));
  // The oldest date that a zip can hold, in local time, so that every time zone writes the same bytes.
  const mtime = new Date(1980, 0, 1);
  return zipSync(entries, { level: 9, mtime, os: unix, attrs: readableFile });
}
