import { describeFailedSave, describeLoss, describeWait } from './describe-state.ts';
import type { StateReport } from './state-report.ts';

/** Follows the saves of a stack's state. */
export interface StateWatch {
  /** Takes the emulator's reports. */
  onState(report: StateReport): void;
  /** Describes what the stop left unsaved; undefined when everything is saved. Call it when the emulator has ended. */
  loss(): string | undefined;
}

/** @param print receives a line for the screen: when saving begins to fail, when it works again, and when a stop waits */
export function watchState(folder: string, print: (line: string) => void): StateWatch {
  let lastSavedAt: string | undefined;
  let failure: string | undefined;
  let isComplete = false;
  return {
    onState: (report) => {
      if (report.kind === 'saved') {
        if (failure !== undefined && !report.last) print(`The state is saved again in ${folder}.`);
        failure = undefined;
        lastSavedAt = report.at;
        isComplete ||= report.last;
      } else if (report.kind === 'failed') {
        // A failure of the last save is part of `loss`.
        if (failure === undefined && !report.last) print(describeFailedSave(folder, report.reason, lastSavedAt));
        failure = report.reason;
      } else if (report.kind === 'waiting') {
        print(describeWait(report));
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
