import { apiPath } from '../command/api-client.ts';
import type { Cell, Tone } from '../command/result.ts';
import { rotationText } from './rotation-text.ts';

/** A credential as the API shows it. */
export interface Credential {
  readonly username: string;
  readonly state?: unknown;
  readonly since?: string;
  readonly problems: readonly {
    readonly code: string;
    readonly text: string;
    readonly remedy?: string;
    readonly runbook: string;
  }[];
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  readonly access_key_id?: string;
  readonly iam_user_arn?: string;
  readonly key?: { readonly created_at?: string; readonly age_days?: number; readonly verification: string };
  readonly rotation?: { readonly phase: string; readonly previous_key_works_until?: string };
  readonly expiry?: { readonly at: string; readonly is_over: boolean };
  readonly suspension?: {
    readonly code: string;
    readonly reason: string;
    readonly at?: string;
    readonly until?: string;
  };
  readonly etag: string;
  readonly allowed_from_addresses?: unknown;
  readonly owner?: unknown;
  readonly labels?: unknown;
  readonly [attribute: string]: unknown;
}

/** The path of a credential, or of something under it. */
export function credentialPath(username: string, ...parts: readonly string[]): string {
  return apiPath('credentials', username, ...parts);
}

const tones: Readonly<Record<string, Tone>> = {
  active: 'good',
  pending: 'warning',
  disabling: 'warning',
  failed: 'bad',
  disabled: 'dim',
};

export function stateCell(state: unknown): Cell {
  const text = typeof state === 'string' ? state : JSON.stringify(state ?? null);
  const tone = tones[text];
  return tone === undefined ? text : { text, tone };
}

/** An access key's last four characters, which is how people tell keys apart. */
export function keyCell(accessKeyId: string | undefined): Cell {
  return accessKeyId === undefined ? undefined : `…${accessKeyId.slice(-4)}`;
}

/** A value of a record as one line. */
export function valueCell(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => `${name}=${typeof each === 'object' ? JSON.stringify(each) : each}`)
      .join(', ');
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

/** A credential as names and values, for people. */
export function credentialFields(credential: Credential): (readonly [string, Cell])[] {
  const { key, rotation, expiry, suspension, problems, warnings } = credential;
  const known = new Set([
    'username',
    'state',
    'since',
    'status',
    'problems',
    'warnings',
    'access_key_id',
    'iam_user_arn',
    'key',
    'rotation',
    'expiry',
    'suspension',
    'etag',
    'is_unchanged',
    'spec_warnings',
    'entity_type',
  ]);
  const attributes = Object.entries(credential).filter(([name]) => !known.has(name));
  return [
    ['username', { text: credential.username, tone: 'bold' }],
    ['state', stateCell(credential.state)],
    ['since', credential.since],
    ...attributes.map(([name, value]) => [name, valueCell(value)] as const),
    ['smtp username', credential.access_key_id],
    [
      'key',
      key && [key.created_at && `made ${key.created_at}`, loginText(key.verification)].filter(Boolean).join('; '),
    ],
    ['iam user', credential.iam_user_arn],
    ['rotation', rotation && rotationText(rotation)],
    ['expires', expiry && `${expiry.at}${expiry.is_over ? ' (over)' : ''}`],
    ['suspension', suspension && `${suspension.code}: ${suspension.reason}`],
    ...problems.map(
      ({ code, text, remedy }) =>
        ['problem', { text: `${code}: ${[text, remedy].filter(Boolean).join(' ')}`, tone: 'bad' }] as const,
    ),
    ...warnings.map(({ text }) => ['warning', { text, tone: 'warning' }] as const),
  ];
}

/** Whether the password has worked, for people. */
export function loginText(verification: string): string {
  return logins[verification] ?? verification;
}

const logins: Readonly<Record<string, string>> = {
  verified: 'its password has worked',
  waiting: 'its password is not tried yet',
  failed: 'its password did not work',
};
