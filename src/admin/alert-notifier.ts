import { describeError, toSesameError } from '../credential/errors.ts';
import { alertAttempt } from '../mail-events/alert-window.ts';
import type { AlertPublisher, AlertWindows } from '../mail-events/stores.ts';
import { logMessages } from '../observability/log-catalogue.ts';
import { metrics } from '../observability/metric-catalogue.ts';
import type { Observability } from '../observability/observability.ts';

/** A finding about a credential, in words and with its evidence. Never a message's subject or text. */
export interface Alert {
  readonly username: string;
  /** What was found, for programs. */
  readonly code: string;
  /** What a person reads first. */
  readonly subject: string;
  readonly evidence: string;
  readonly correlationId: string;
  /** Where each occurrence is to be told once, however soon it follows another one. */
  readonly occurrence?: string | undefined;
}

/** Tells people, by the topic of alerts. */
export interface AlertNotifier {
  /**
   * Tells a finding unless it was told within the window, and returns whether it did. Throws when it couldn't be told: then it may
   * be tried again.
   */
  notifyOnce(alert: Alert): Promise<boolean>;
  /** Tells what happens once only. Throws when it couldn't be told; the failure is logged and counted already. */
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
  /** What this process knows to have been told, and until when that is good. */
  const notifiedUntil = new Map<string, number>();

  async function publish({ username, code, subject, evidence, correlationId }: Alert): Promise<void> {
    await publisher.publish({
      subject: `Sesame: ${subject}`,
      message: { code, table, username, at: new Date(now()).toISOString(), correlation_id: correlationId, evidence },
    });
    observability.count(metrics.alertsPublished);
  }

  function reportFailure(finding: Alert, error: unknown): void {
    observability.count(metrics.alertsFailed);
    observability.log('error', logMessages.alertFailed, {
      correlation_id: finding.correlationId,
      username: finding.username,
      finding: finding.code,
      ...describeError(toSesameError(error)),
    });
  }

  return {
    async notifyOnce(finding) {
      const { username, code, occurrence } = finding;
      const attempt = alertAttempt({ username, finding: code, occurrence, nowMs: now(), windowSeconds });
      const name = JSON.stringify([username, code, occurrence]);
      if (notifiedUntil.size > 5_000) notifiedUntil.clear();
      if ((notifiedUntil.get(name) ?? 0) > now()) return false;
      if (!(await windows.open(attempt))) {
        // Another process told it, nobody knows here when: asked again in a minute.
        notifiedUntil.set(name, Math.min(attempt.untilMs, now() + 60_000));
        return false;
      }
      try {
        await publish(finding);
      } catch (error) {
        reportFailure(finding, error);
        await windows.release(attempt);
        throw error;
      }
      notifiedUntil.set(name, attempt.untilMs);
      return true;
    },
    async notify(finding) {
      try {
        await publish(finding);
      } catch (error) {
        reportFailure(finding, error);
        throw error;
      }
    },
  };
}
