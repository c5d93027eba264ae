import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Cell, Result, Row } from '../command/result.ts';
import { type Credential, credentialPath } from './credential.ts';
import { listCredentials } from './list-all.ts';
import { rotationText } from './rotation-text.ts';

type Filter = Parameters<typeof listCredentials>[1];

/** One credential's part of the report. */
interface Rotation {
  readonly username: string;
  readonly result: 'started' | 'would start' | 'running already' | 'failed';
  readonly message?: string;
  readonly previous_key_works_until?: string;
  /** Only where two keys work already: for a new one, nobody knows yet. */
  readonly is_still_used?: boolean;
  readonly owner?: string;
}

/** Asks for a new password of each, one after another. One that fails doesn't keep the others from their turn. */
export async function rotateMany(
  api: ApiClient,
  { filter, paceSeconds, isDry }: { readonly filter: Filter; readonly paceSeconds: number; readonly isDry: boolean },
  deps: Pick<CommandDeps, 'sleep'>,
  io: Pick<CommandIo, 'progress'>,
): Promise<Result> {
  const { credentials } = await listCredentials(api, { ...filter, status: filter.status ?? 'active' });
  const rotations: Rotation[] = [];
  for (const [index, credential] of credentials.entries()) {
    const { username, rotation } = credential;
    io.progress(`Rotating ${index + 1} of ${credentials.length}: ${username}`);
    if (isRunning(rotation?.phase)) {
      rotations.push({ username, result: 'running already', ...useOfOldKey(credential) });
      continue;
    }
    if (isDry) {
      rotations.push({ username, result: 'would start' });
      continue;
    }
    if (index > 0 && paceSeconds > 0) await deps.sleep(paceSeconds * 1000);
    const done = await rotate(api, username);
    // What denies one denies all. What was done before must be told, though.
    if (done.isDenied && rotations.length === 0) throw done.error;
    rotations.push(done.rotation);
    if (done.isDenied) break;
  }
  io.progress('');
  const failed = rotations.filter(({ result }) => result === 'failed').length;
  return {
    json: { rotations },
    rows: rotations.map(({ username, result, message, previous_key_works_until: end, is_still_used: isUsed }) => ({
      name: username,
      result: {
        text: message === undefined ? result : `${result}: ${message}`,
        tone: result === 'failed' ? 'bad' : 'good',
      },
      'works until': end,
      'still used': stillUsedCell(isUsed),
    })),
    notes: [
      rotations.length === 0
        ? 'No active credential matches.'
        : `${rotations.length - failed} of ${rotations.length} without a fault.`,
      ...(isDry ? ['Nothing was written.'] : ['Who still uses an old password: sesame rotate --report']),
    ],
    exit: failed === 0 ? exitCodes.ok : exitCodes.failure,
  };
}

async function rotate(api: ApiClient, username: string) {
  try {
    await callApi(api, 'POST', credentialPath(username, 'rotate'), { headers: { 'if-match': '*' } });
    return { rotation: { username, result: 'started' } as Rotation, isDenied: false };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const rotation: Rotation = { username, result: 'failed', message: error.message };
    return { rotation, isDenied: error.exit === 'denied', error };
  }
}

function useOfOldKey(credential: Credential): Partial<Rotation> {
  const { rotation, owner } = credential;
  return {
    ...until(rotation),
    is_still_used: isStillUsed(credential),
    ...(typeof owner === 'string' ? { owner } : {}),
  };
}

function stillUsedCell(isUsed: boolean | undefined): Cell {
  return isUsed === true ? { text: 'yes, long after its end', tone: 'bad' } : undefined;
}

/** Lists rotations that aren't over. The system itself finds out whether an old password is still used. */
export async function reportOldKeys(api: ApiClient, filter: Filter): Promise<Result> {
  const { credentials } = await listCredentials(api, filter);
  const running = credentials.filter(isRotating);
  return {
    json: {
      rotations: running.map((each) => ({
        username: each.username,
        phase: each.rotation?.phase,
        ...useOfOldKey(each),
      })),
    },
    rows: running.map(
      (each): Row => ({
        name: each.username,
        rotation: each.rotation && rotationText(each.rotation),
        'still used': stillUsedCell(isStillUsed(each)),
      }),
    ),
    notes: running.length === 0 ? ['No rotation is running.'] : [],
  };
}

function isRotating(credential: Credential): boolean {
  return isRunning(credential.rotation?.phase) || isStillUsed(credential);
}

/** The phases with two keys. */
function isRunning(phase: string | undefined): boolean {
  return ['wait', 'retire', 'delete', 'undo'].includes(phase ?? '');
}

function isStillUsed({ problems }: Credential): boolean {
  return problems.some(({ code }) => code === 'OldKeyInUse');
}

function until(rotation: Credential['rotation']): Partial<Rotation> {
  const end = rotation?.previous_key_works_until;
  return end === undefined ? {} : { previous_key_works_until: end };
}
