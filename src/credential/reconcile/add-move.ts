import type { ExecutePlan, Plan, PlanInput, Step } from './plan-types.ts';

/**
 * Adds the steps that move an IAM user from the path and the tags of version 0.1, or of the table's former name, to
 * those of this deployment. A user is moved only when its policy is written anyway, or by the sweep's forced resync.
 * Disabling never waits for a move.
 *
 * Safe to stop after any step: the record holds the old ARN until everything is done, and each step can be repeated.
 * IAM can't move a managed policy, so a new one is attached first. The old one is removed before a key is made Active.
 */
export function addMove(planned: Plan, { observed, isFormer = false, forceResync }: PlanInput): Plan {
  if (planned.next !== 'execute') return planned;
  if (planned.status === 'disabled') {
    const isDue = forceResync && planned.suspension === undefined && observed.state === 'present';
    return isDue && isOutOfPlace(observed, isFormer)
      ? { ...planned, stages: [...planned.stages, [move], [removeFormer]], movesUser: true }
      : planned;
  }
  const written = planned.stages.findIndex((stage) => stage.some((step) => step.do === 'put-policy'));
  if (written < 0 || observed.state === 'absent' || !isOutOfPlace(observed, isFormer)) return planned;
  // Tags only a user that was read and proved to be ours.
  if (observed.state === 'unknown') return { next: 'observe', what: 'user' };
  return { ...planned, stages: insertMove(planned.stages, written), movesUser: true };
}

const move: Step = { do: 'move-user' };
const removeFormer: Step = { do: 'remove-former-policies' };

function isOutOfPlace(observed: PlanInput['observed'], isFormer: boolean): boolean {
  return isFormer || (observed.state === 'present' && observed.isOutOfPlace === true);
}

/** Moves the user first, and removes the old policy once the new one is in force. */
function insertMove(stages: ExecutePlan['stages'], written: number): ExecutePlan['stages'] {
  return [[move], ...stages.slice(0, written + 1), [removeFormer], ...stages.slice(written + 1)];
}
