import { SesameError } from '../errors.ts';
import { IamUserMissingError, type IamUsers, type NewAccessKey } from '../iam/iam-users.ts';
import { accessKeyNotVisible } from '../iam/propagation.ts';
import { deriveSmtpPassword } from '../iam/smtp-password.ts';
import { Secret } from '../secret.ts';
import type { ExecuteDeps, Progress, Target } from './contract.ts';
import type { Step } from './plan-types.ts';
import { findRenamedUser } from './renamed-user.ts';

/** CreateUser found an existing user of that name. It must be read before anything else is done. */
export class IamUserExistsError extends Error {
  constructor(name: string) {
    super(`The IAM user ${name} exists already.`);
    this.name = 'IamUserExistsError';
  }
}

// A new user isn't visible everywhere at once: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
// (section "Changes that I make are not always immediately visible").
const newUserDelaysMs = [100, 200, 400, 800, 1600, 3200];

/**
 * Executes the stages in order, and the steps of one stage concurrently. After an error the current stage is finished,
 * and no other is started.
 *
 * @param checkClaim throws if the claim may expire before a stage that starts now is finished. Another function may
 *   then take over the record, and the plan may be outdated
 */
export async function execute(
  stages: readonly (readonly Step[])[],
  target: Target,
  progress: Progress,
  deps: ExecuteDeps,
  checkClaim: () => void,
): Promise<void> {
  for (const stage of stages) {
    checkClaim();
    const results = await Promise.allSettled(
      stage.map((step) => executeStep(step, target, progress, deps, checkClaim)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

async function executeStep(
  step: Step,
  target: Target,
  progress: Progress,
  deps: ExecuteDeps,
  checkClaim: () => void,
): Promise<void> {
  const { iamUsers } = deps;
  const name = target.iamUserName;
  switch (step.do) {
    case 'create-user': {
      const arn = await createUser(target, progress, iamUsers);
      progress.iamUserArn = arn;
      return;
    }
    case 'move-user':
      progress.iamUserArn = await iamUsers.moveUser(name, target.tags, checkClaim);
      return;
    case 'remove-former-policies':
      return iamUsers.removeFormerPolicies(name, checkClaim);
    case 'make-access-key': {
      const { accessKeyId, secretAccessKey } = await createAccessKey(target, progress, deps, checkClaim);
      progress.accessKeyId = accessKeyId;
      const password = new Secret(deriveSmtpPassword(secretAccessKey.reveal(), target.region));
      progress.encryptedPassword = await deps.encryption.encrypt(password, {
        table: target.table,
        username: target.username,
        access_key_id: accessKeyId,
      });
      return;
    }
    case 'put-policy':
      progress.policyForm = await onceVisible(
        () =>
          iamUsers.putPolicy(name, step.policy, step.previousForm, {
            mayHideManaged: step.mayHideManaged === true,
            beforeCall: checkClaim,
          }),
        progress,
        deps,
        checkClaim,
      );
      return;
    case 'set-key-status':
      return setKeyStatus(step, target, progress, iamUsers);
    case 'delete-access-key':
      if ((await iamUsers.deleteAccessKey(name, step.accessKeyId)) === 'absent' && step.ifAbsent === 'unknown') {
        throw accessKeyNotVisible(name, step.accessKeyId);
      }
  }
}

async function createUser({ iamUserName, tags }: Target, progress: Progress, iamUsers: IamUsers): Promise<string> {
  try {
    progress.mayHaveUser = true;
    const arn = await iamUsers.createUser(iamUserName, tags);
    if (arn !== 'exists') return arn;
    throw new IamUserExistsError(iamUserName);
  } catch (error) {
    if (error instanceof IamUserExistsError || isRefused(error)) progress.mayHaveUser = false;
    throw error;
  }
}

async function createAccessKey(
  { iamUserName }: Target,
  progress: Progress,
  deps: ExecuteDeps,
  checkClaim: () => void,
): Promise<NewAccessKey> {
  try {
    progress.mayHaveKey = true;
    return await onceVisible(() => deps.iamUsers.createAccessKey(iamUserName), progress, deps, checkClaim);
  } catch (error) {
    if (isRefused(error) || error instanceof IamUserMissingError) progress.mayHaveKey = false;
    throw error;
  }
}

/** A refused call had no effect. After any other error, such as a time-out, the call may have taken effect. */
function isRefused(error: unknown): boolean {
  return error instanceof SesameError && /throttl|limitexceeded|quotareached|toomanyrequests|denied/i.test(error.code);
}

async function setKeyStatus(
  { accessKeyId, status, ifAbsent }: Extract<Step, { do: 'set-key-status' }>,
  target: Target,
  progress: Progress,
  iamUsers: IamUsers,
): Promise<void> {
  const { iamUserName } = target;
  if (status === 'Active') progress.mayHaveEnabled = true;
  try {
    await iamUsers.setAccessKeyStatus(iamUserName, accessKeyId, status);
  } catch (error) {
    if (status === 'Active' || !(error instanceof IamUserMissingError)) throw error;
    if (ifAbsent === 'unknown') throw accessKeyNotVisible(iamUserName, accessKeyId);
    // IAM may have returned the user under an old name. If it was renamed since, its key still works.
    const renamed = await findRenamedUser(iamUserName, [accessKeyId], target, { iamUsers });
    if (renamed !== undefined && renamed !== 'hidden') throw accessKeyNotVisible(iamUserName, accessKeyId);
  }
}

/**
 * Waits for a user that this attempt created, and for a new policy. If an older user is missing, it really is missing.
 */
async function onceVisible<T>(
  call: () => Promise<T>,
  progress: Progress,
  deps: ExecuteDeps,
  checkClaim: () => void,
): Promise<T> {
  for (const delayMs of newUserDelaysMs) {
    try {
      return await call();
    } catch (error) {
      if (!isPolicyNotVisible(error) && (progress.iamUserArn === undefined || !mayBeInvisible(error))) throw error;
      await deps.sleep(delayMs);
      checkClaim();
    }
  }
  return call();
}

function isPolicyNotVisible(error: unknown): boolean {
  return error instanceof SesameError && error.code === 'PolicyNotVisible';
}

/**
 * Until IAM knows the path and tags of a new user everywhere, it denies our role access. If the role really lacks the
 * permission, waiting does not help.
 */
function mayBeInvisible(error: unknown): boolean {
  return (
    error instanceof IamUserMissingError || (error instanceof SesameError && error.code.startsWith('AccessDenied'))
  );
}
