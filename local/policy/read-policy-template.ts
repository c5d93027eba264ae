import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.ts';

/** Reads a template from `terraform/policies/` by its name without `.json`. */
export function readPolicyTemplate(name: string): Promise<string> {
  return readFile(join(projectFolder, 'terraform', 'policies', `${name}.json`), 'utf8');
}
