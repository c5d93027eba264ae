import { PrerequisiteError } from './prerequisite-error.mjs';

/** @throws PrerequisiteError when this Node is too old for the setup. */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return;
  throw new PrerequisiteError(
    `Node ${process.versions.node} is too old: Node 20 or newer is needed. Install it from https://nodejs.org/.`,
  );
}
