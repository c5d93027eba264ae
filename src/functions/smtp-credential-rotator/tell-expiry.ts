import type { AlertNotifier } from '../../admin/alert-notifier.ts';
import { type ExpiryPhase, expiryCause } from '../../credential/record/expiry.ts';

/**
 * Alerts people that a credential expires soon, or expires now; once for each notice. The caller writes the record after that, so a run that
 * dies in between sends no second alert within the alert's window, and loses none.
 *
 * @returns whether people were told; a failure was logged and counted already
 */
export function tellExpiry(
  expiry: ExpiryPhase,
  { username, correlationId }: { readonly username: string; readonly correlationId: string },
  alerts: AlertNotifier,
): Promise<boolean> {
  if (expiry.phase === 'none') return Promise.resolve(true);
  const until = new Date(expiry.untilMs).toISOString();
  const about = { username, correlationId };
  const alert =
    expiry.phase === 'expired'
      ? {
          ...about,
          code: 'Expired',
          subject: `${username} has expired`,
          evidence: expiryCause(expiry.untilMs).evidence,
          occurrence: until,
        }
      : {
          ...about,
          code: 'ExpiryDue',
          subject: `${username} expires within ${expiry.days === 1 ? 'a day' : `${expiry.days} days`}`,
          evidence: `valid_until: it ends at ${until}. Then it is switched off. To keep it, set a later valid_until, or remove it.`,
          occurrence: `${until}-${expiry.days}`,
        };
  return alerts.notifyOnce(alert).then(
    () => true,
    () => false,
  );
}
