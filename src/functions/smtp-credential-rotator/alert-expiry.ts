import type { AlertNotifier } from '../../admin/alert-notifier.ts';
import { type ExpiryPhase, expiryCause } from '../../credential/record/expiry.ts';

/**
 * Sends the alert that a credential expires soon or has expired, once per notice. The caller writes the record
 * afterwards, so a run that dies in between loses no alert and repeats none within the alert's window.
 *
 * @returns whether the alert was sent; a failure was already logged and counted
 */
export function alertExpiry(
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
