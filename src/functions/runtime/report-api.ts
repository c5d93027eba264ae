import { describeError, toSesameError } from '../../credential/errors.ts';
import type { ApiDeps } from '../../http/api-deps.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { Observability } from '../../observability/observability.ts';

/** Writes audit lines and errors of the API to the function's log. */
export function reportApi(observability: Observability): Pick<ApiDeps, 'audit' | 'reportError'> {
  return {
    audit: (entry) => observability.log('info', logMessages.apiChange, { ...entry }),
    reportError(error, requestId) {
      observability.count(metrics.apiErrors);
      observability.log('error', logMessages.apiFailed, {
        request_id: requestId,
        ...describeError(toSesameError(error)),
      });
    },
  };
}
