import type { SuppressionList } from '../../mail-events/stores.ts';
import { defaultThresholds } from '../../mail-events/thresholds.ts';
import { createSendingDeps } from '../runtime/wire-mail-events.ts';
import type { FeedbackDeps } from './deps.ts';
import type { FeedbackEnv } from './env.ts';
import { createRecentFailures } from './recent-failures.ts';

/** Wires the processor to AWS. */
export function createDependencies(env: FeedbackEnv): FeedbackDeps {
  const deps = createSendingDeps('smtp-feedback-processor', env);
  return {
    ...deps,
    mode: env.FEEDBACK_MODE,
    thresholds: {
      bounce: {
        warnRate: env.BOUNCE_WARN_PERCENT,
        suspendRate: env.BOUNCE_SUSPEND_PERCENT,
        minimumSends: env.BOUNCE_MINIMUM_SENDS,
        minimumCount: env.BOUNCE_MINIMUM_COUNT,
      },
      complaint: {
        warnRate: env.COMPLAINT_WARN_PERCENT,
        suspendRate: env.COMPLAINT_SUSPEND_PERCENT,
        minimumSends: env.COMPLAINT_MINIMUM_SENDS,
        minimumCount: env.COMPLAINT_MINIMUM_COUNT,
      },
      windows: defaultThresholds.windows,
    },
    violationRule: {
      mode: env.VALIDATOR_MODE,
      suspendAfter: env.SUSPEND_AFTER_VIOLATIONS,
      window: env.VIOLATION_WINDOW,
    },
    ...(env.DEFAULT_QUOTA_PER_DAY === undefined ? {} : { defaultQuotaPerDay: env.DEFAULT_QUOTA_PER_DAY }),
    recentFailures: createRecentFailures(),
    suppressionList: env.SUPPRESSION_LIST === 'on' ? createLazySuppressionList(deps) : undefined,
  };
}

/** Loaded at the first address, because its client is large. */
function createLazySuppressionList({ tracing }: Pick<FeedbackDeps, 'tracing'>): SuppressionList {
  let list: Promise<SuppressionList> | undefined;
  return {
    async add(address, reason) {
      list ??= import('../../aws/sesv2.ts').then((aws) => {
        const client = aws.createSesClient();
        tracing.watch(client);
        return aws.createSuppressionList(() => client);
      });
      await (await list).add(address, reason);
    },
  };
}
