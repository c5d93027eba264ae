import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { CliError } from '../command/cli-error.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Result, Row } from '../command/result.ts';
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
  for (const [index, { username, rotation }] of credentials.entries()) {
    io.progress(`Rotating ${index + 1} of ${credentials.length}: ${username}`);
    if (isRunning(rotation?.phase)) {
      rotations.push({ username, result: 'running already', ...until(rotation) });
      continue;
    }
    if (isDry) {
      rotations.push({ username, result: 'would start' });
      continue;
    }
    if (index > 0 && paceSeconds > 0) await deps.sleep(paceSeconds * 1000);
    rotations.push(await rotate(api, username));
  }
  io.progress('');
  const failed = rotations.filter(({ result }) => result === 'failed').length;
  return {
    json: { rotations },
    rows: rotations.map(({ username, result, message, previous_key_works_until: end }) => ({
      name: username,
      result: {
        text: message === undefined ? result : `${result}: ${message}`,
        tone: result === 'failed' ? 'bad' : 'good',
      },
      'works until': end,
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

async function rotate(api: ApiClient, username: string): Promise<Rotation> {
  try {
    await callApi(api, 'POST', credentialPath(username, 'rotate'), { headers: { 'if-match': '*' } });
    return { username, result: 'started' };
  } catch (error) {
    // What denies one denies all.
    if (!(error instanceof CliError) || error.exit === 'denied') throw error;
    return { username, result: 'failed', message: error.message };
  }
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
        ...until(each.rotation),
        is_still_used: isStillUsed(each),
        ...(each.owner === undefined ? {} : { owner: each.owner }),
      })),
    },
    rows: running.map(
      (each): Row => ({
        name: each.username,
        rotation: each.rotation && rotationText(each.rotation),
        'still used': isStillUsed(each) ? { text: 'yes, long after its end', tone: 'bad' } : undefined,
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
