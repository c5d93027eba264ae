import { zipSync } from 'fflate';
import type { BundleFile } from './bundle-function.ts';

/** A regular file that everybody may read: Lambda runs the code as another user than the one who packed it. */
const readableFile = (0o100644 << 16) >>> 0;
const unix = 3;

/** Zips files so that the same files always give the same bytes, whatever the clock, the machine or their order. */
export function zipFiles(files: readonly BundleFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = Object.fromEntries(sorted.map((file) => [file.name, file.bytes]));
  // The oldest date that a zip can hold. Zips hold local times, so this is one: every time zone writes the same bytes.
  const mtime = new Date(1980, 0, 1);
  return zipSync(entries, { level: 9, mtime, os: unix, attrs: readableFile });
}
