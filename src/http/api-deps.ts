import type { RevealPasswordDeps } from '../admin/reveal-password.ts';
import type { AdminDeps } from '../admin/wire.ts';
import type { IdempotencyKeys } from '../credential/idempotency-keys.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { AuditEntry } from './audit.ts';

/** What the API needs. Each host gives what its rights allow: routes without their dependencies don't exist there. */
export interface ApiDeps {
  /** Undefined in the function that only reveals passwords. */
  readonly admin?: AdminDeps;
  /** Undefined where the host may not decrypt passwords. */
  readonly reveal?: RevealPasswordDeps & {
    readonly smtp: Pick<Deployment['smtp'], 'host' | 'startTlsPort' | 'tlsPort'>;
  };
  /** Undefined where no server keeps answers for a caller that repeats its request. */
  readonly idempotencyKeys?: IdempotencyKeys;
  readonly deployment?: () => Promise<Deployment>;
  /** Writes one line for each change and each reveal. */
  readonly audit: (entry: AuditEntry) => void;
  /** Receives what no caller may see. */
  readonly reportError: (error: unknown, requestId: string) => void;
}
