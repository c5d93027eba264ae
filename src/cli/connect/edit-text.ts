import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../command/cli-error.ts';

/**
 * Opens a text in the caller's editor, in a file that only they can read.
 *
 * @returns the text after it; undefined if it is the same
 * @throws CliError `EditorFailed`
 */
export async function editText(
  env: Readonly<Record<string, string | undefined>>,
  text: string,
  fileName: string,
): Promise<string | undefined> {
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  const folder = await mkdtemp(join(tmpdir(), 'sesame-edit-'));
  try {
    const file = join(folder, fileName);
    await writeFile(file, text, { mode: 0o600 });
    await open(editor, file);
    const edited = await readFile(file, 'utf8');
    return edited === text ? undefined : edited;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Editors are often given with arguments, such as `code --wait`. */
function open(editor: string, file: string): Promise<void> {
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sesame', file], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new CliError(
            'failure',
            'EditorFailed',
            `The editor "${editor}" ended with ${code ?? 'a signal'}. Nothing was done.`,
          ),
        );
    });
  });
}
