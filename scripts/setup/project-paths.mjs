import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const inProject = (...names) => join(project, ...names);

/** The Node that the functions run on, installed as a package. */
export const node24 = inProject('node_modules', 'node', 'bin', 'node');

/** Gets the output of all programs of the setup. */
export const setupLog = inProject('.sesame', 'logs', 'setup.log');
