import type { StateReport } from './state-report.ts';

/** Explains why a saved state can't be used, and what to do. */
export function describeRefusedState(folder: string, refusal: StateReport & { kind: 'refused' | 'in-use' }): string {
  if (refusal.kind === 'in-use') {
    return `The state in ${folder} is in use by another Sesame (its emulator is process ${refusal.owner}). Stop that one first, or name another folder.`;
  }
  return [
    `The state in ${folder} can't be used:`,
    ...refusal.faults.map((fault) => `  ${fault}`),
    'Sesame did not start, and changed nothing in the folder. Put back what is missing or damaged from a copy, or name another',
    'folder with --state, or begin anew with --reset, which deletes all records and credentials of this state.',
  ].join('\n');
}

/** Explains what a stop waits for. */
export function describeWait({ functions, seconds }: StateReport & { kind: 'waiting' }): string {
  return `Waiting up to ${seconds} s for ${functions.join(', ')} to finish. Press Ctrl-C again to skip this; the next start continues the work.`;
}

/** Explains that the state can't be saved at present. */
export function describeFailedSave(folder: string, reason: string, lastSavedAt: string | undefined): string {
  return [
    `The state can't be saved in ${folder}: ${reason}.`,
    `${whatIsSaved(lastSavedAt)} Changes since then are in memory only. Saving is tried again after the next change and on`,
    'stop: fix the cause before you stop Sesame.',
  ].join('\n');
}

/** Explains what was lost when the stack ended. */
export function describeLoss(folder: string, reason: string, lastSavedAt: string | undefined): string {
  return [
    reason,
    `${whatIsSaved(lastSavedAt)} Changes since then are lost.`,
    `The state in ${folder} is intact: npm start -- --state ${folder} continues from there.`,
  ].join('\n');
}

function whatIsSaved(lastSavedAt: string | undefined): string {
  if (lastSavedAt === undefined) return 'Nothing was saved since this start.';
  return `Everything up to ${new Date(lastSavedAt).toLocaleTimeString('en-GB')} is saved.`;
}
