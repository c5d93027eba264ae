import { readdir, readFile, readlink } from 'node:fs/promises';

/** A process that holds a connection, and the Lambda function that runs in it. Linux only. */
export interface PortHolder {
  readonly pid: number;
  readonly functionName: string;
}

/** Finds our process behind a local TCP port; undefined when it is gone. */
export async function processOfPort(port: number): Promise<PortHolder | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const table = await readFile('/proc/net/tcp', 'utf8');
  const row = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local = '']) => local.endsWith(`:${hexPort}`));
  const inode = row?.[9];
  if (inode === undefined) return undefined;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || !(await holds(name, `socket:[${inode}]`))) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    const functionName = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(environment)?.[1];
    return { pid: Number(name), functionName: functionName ?? '' };
  }
  return undefined;
}

async function holds(pid: string, link: string): Promise<boolean> {
  // Processes of other users are unreadable, and some end in the meantime.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')) === link) return true;
  }
  return false;
}
