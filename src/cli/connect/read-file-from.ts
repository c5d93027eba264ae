import { open } from 'node:fs/promises';

/** Reads a file from a position to its end; undefined if there is no file. One that became shorter is read from its beginning. */
export async function readFileFrom(
  path: string,
  position: number,
): Promise<{ readonly text: string; readonly end: number } | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const start = position > size ? 0 : position;
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, start);
    return { text: buffer.subarray(0, bytesRead).toString('utf8'), end: start + bytesRead };
  } finally {
    await file.close();
  }
}
