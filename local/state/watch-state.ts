import { describeFailedSave, describeLoss } from './describe-state.ts';
import type { StateReport } from './state-report.ts';

/** Follows what becomes of a stack's state. */
export interface StateWatch {
  /** Takes the emulator's reports. */
  onState(report: StateReport): void;
  /** What the stop left unsaved, in words. Ask when the emulator has ended. undefined: all is saved. */
  loss(): string | undefined;
}

/** @param tell takes a line for the screen: once when saving begins to fail, and once when it works again */
export function watchState(folder: string, tell: (line: string) => void): StateWatch {
  let lastSavedAt: string | undefined;
  let failure: string | undefined;
  let isComplete = false;
  return {
    onState: (report) => {
      if (report.kind === 'saved') {
        if (failure !== undefined && !report.last) tell(`The state is saved again in ${folder}.`);
        failure = undefined;
        lastSavedAt = report.at;
        isComplete ||= report.last;
      } else if (report.kind === 'failed') {
        // The last failure is told with what is lost.
        if (failure === undefined && !report.last) tell(describeFailedSave(folder, report.reason, lastSavedAt));
        failure = report.reason;
      }
    },
    loss: () => {
      if (isComplete) return undefined;
      const reason =
        failure === undefined
          ? 'The AWS emulator ended before it could save its state.'
          : `The state could not be saved in ${folder}: ${failure}.`;
      return describeLoss(folder, reason, lastSavedAt);
    },
  };
}
