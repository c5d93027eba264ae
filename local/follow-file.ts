import { closeSync, openSync, readSync } from 'node:fs';
import type { Writable } from 'node:stream';

const pollMilliseconds = 200;

/** Copies what is appended to a file to a stream, until the program ends. */
export function followFile(file: string, output: Writable): void {
  let position = 0;
  const buffer = Buffer.alloc(64 * 1024);
  const copy = () => {
    const descriptor = openSync(file, 'r');
    try {
      for (;;) {
        const count = readSync(descriptor, buffer, 0, buffer.length, position);
        if (count === 0) return;
        position += count;
        output.write(Buffer.from(buffer.subarray(0, count)));
      }
    } finally {
      closeSync(descriptor);
    }
  };
  setInterval(copy, pollMilliseconds).unref();
}
