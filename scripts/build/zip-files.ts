import { zipSync } from 'fflate';
import type { BundleFile } from './bundle-function.ts';

/** The oldest date that a zip can hold. It is a local time, so that every time zone writes the same bytes. */
const fixedTime = new Date(1980, 0, 1);

/** A regular file that everybody may read: Lambda runs the code as another user than the one who packed it. */
const readableFile = (0o100644 << 16) >>> 0;
const unix = 3;

/** Zips files so that the same files always give the same bytes, whatever the clock, the machine or their order. */
export function zipFiles(files: readonly BundleFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = Object.fromEntries(sorted.map((file) => [file.name, file.bytes]));
  return zipSync(entries, { level: 9, mtime: fixedTime, os: unix, attrs: readableFile });
}
