import { describeError, toSesameError } from '../credential/errors.ts';
import { alertAttempt } from '../mail-events/alert-window.ts';
import type { AlertPublisher, AlertWindows } from '../mail-events/stores.ts';
import * as logMessages from '../observability/log-messages.ts';
import * as metrics from '../observability/metrics.ts';
import type { Observability } from '../observability/observability.ts';

/** An alert about a credential, with its evidence. Never includes a message's subject or content. */
export interface Alert {
  readonly username: string;
  /** The machine-readable finding. */
  readonly code: string;
  /** The subject line for people. */
  readonly subject: string;
  readonly evidence: string;
  readonly correlationId: string;
  /** Set if each occurrence must be alerted once, however soon it follows another. */
  readonly occurrence?: string | undefined;
}

/** Sends alerts to people through the topic of alerts. */
export interface AlertNotifier {
  /**
   * Sends an alert unless it was sent within the window. Returns whether it was sent. Throws if sending failed; the
   * alert may then be retried.
   */
  notifyOnce(alert: Alert): Promise<boolean>;
  /** Sends an alert without a window. Throws if sending failed; the failure is already logged and counted. */
  notify(alert: Alert): Promise<void>;
}

export interface AlertNotifierDeps {
  readonly windows: AlertWindows;
  readonly publisher: AlertPublisher;
  readonly observability: Observability;
  readonly table: string;
  readonly windowSeconds: number;
  readonly now: () => number;
}

export function createAlertNotifier(deps: AlertNotifierDeps): AlertNotifier {
  const { windows, publisher, observability, table, windowSeconds, now } = deps;
  /** Alerts that this process knows were sent, and until when they must not be repeated. */
  const notifiedUntil = new Map<string, number>();

  async function publish({ username, code, subject, evidence, correlationId }: Alert): Promise<void> {
    await publisher.publish({
      subject: `Sesame: ${subject}`,
      message: { code, table, username, at: new Date(now()).toISOString(), correlation_id: correlationId, evidence },
    });
    observability.count(metrics.alertsPublished);
  }

  function reportFailure(alert: Alert, error: unknown): void {
    observability.count(metrics.alertsFailed);
    observability.log('error', logMessages.alertFailed, {
      correlation_id: alert.correlationId,
      username: alert.username,
      finding: alert.code,
      ...describeError(toSesameError(error)),
    });
  }

  return {
    async notifyOnce(alert) {
      const { username, code, occurrence } = alert;
      const attempt = alertAttempt({ username, finding: code, occurrence, nowMs: now(), windowSeconds });
      const name = JSON.stringify([username, code, occurrence]);
      if (notifiedUntil.size > 5_000) notifiedUntil.clear();
      if ((notifiedUntil.get(name) ?? 0) > now()) return false;
      if (!(await windows.open(attempt))) {
        // Another process sent it at an unknown time, so ask the table again in a minute.
        notifiedUntil.set(name, Math.min(attempt.untilMs, now() + 60_000));
        return false;
      }
      try {
        await publish(alert);
      } catch (error) {
        reportFailure(alert, error);
        await windows.release(attempt);
        throw error;
      }
      notifiedUntil.set(name, attempt.untilMs);
      return true;
    },
    async notify(alert) {
      try {
        await publish(alert);
      } catch (error) {
        reportFailure(alert, error);
        throw error;
      }
    },
  };
}
