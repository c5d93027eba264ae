import { gzipSync } from 'fflate';
import type { BundleFile } from './bundle-function.ts';

const blockSize = 512;

/** A compressed tar archive (ustar) whose bytes don't depend on the clock, the machine or the order of the files. */
export function tarFiles(files: readonly BundleFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const blocks = sorted.flatMap(({ name, bytes }) => [headerOf(name, bytes.byteLength), padded(bytes)]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]), { level: 9, mtime: 0 });
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.byteLength / blockSize) * blockSize);
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format" */
function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is longer than a name in a tar archive may be`);
  const header = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, length: number) => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  };
  header.write(name, 0);
  octal(0o755, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  // npm's own fixed date: 1985-10-26, because some programs can't read an older one.
  octal(499_162_500, 136, 12);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
