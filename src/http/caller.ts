import type { Requester } from '../admin/write-credential.ts';

/** Who calls the API. */
export interface Caller {
  readonly arn: string;
  /**
   * API Gateway has checked the signature and names the caller. False where the app runs in the caller's own process: there, the caller
   * says who it is, and CloudTrail is the proof.
   */
  readonly isVouched: boolean;
  readonly sourceIp?: string | undefined;
  readonly requestId: string;
}

/** What `app.fetch(request, bindings)` needs beside the request. */
export interface ApiBindings {
  readonly caller: Caller;
}

/** The longest value of `requested_by`. */
const maxLength = 512;

/** The caller, as a record's `requested_by` and audit lines name it. */
export function requestedBy({ arn, isVouched }: Caller): string {
  const mark = isVouched ? '' : ' (claimed)';
  return `${arn.slice(0, maxLength - mark.length)}${mark}`;
}

/** Who asks, and from where, as a change puts it on the record. */
export function requesterOf(caller: Caller): Requester {
  return { requestedBy: requestedBy(caller), requestedFrom: caller.sourceIp };
}
