import { classifyQueueMessage } from './classify-queue-message.ts';
import type { HeldMessage } from './message-box.ts';
import { readOriginalAttributes } from './parked-message.ts';
import type { FailureStory, QueueMessage } from './queue-message.ts';

/** The queues that a redrive can send work to. */
export const redriveTargets = ['deadLetters', 'verifications', 'sendingEvents', 'feedback'] as const;
export type RedriveTarget = (typeof redriveTargets)[number];

/** Identifies the messages of a deployment. */
export interface OwnMessages {
  readonly table: string;
  /** All functions of the deployment. */
  readonly functionNames: readonly string[];
  /** Functions whose failed invocations are made up for by reconciling every record. */
  readonly reconcilingFunctionNames: readonly string[];
  /** ARNs of the queues that SQS moves messages from. */
  readonly queueArns: Readonly<Record<RedriveTarget, string>>;
}

/** The description of a waiting message. */
export interface MessageDescription extends FailureStory {
  readonly messageId: string;
  /**
   * `dead-letter`: work on one record; `stream-batch`, `invocation`: Lambda's own failure records; `ses-event`: an
   * event that could not be parsed; `queue`: moved here by SQS after too many receives; `foreign`: not ours.
   */
  readonly form: Exclude<QueueMessage['form'], 'unknown'> | 'ses-event' | 'queue' | 'foreign';
  /** The record's username, if the message names it. */
  readonly username: string | undefined;
  /** The number of attempts, if known. */
  readonly tries: number | undefined;
  /** ISO 8601 */
  readonly sentAt: string;
  /** ISO 8601; undefined if it was not recorded. */
  readonly lastTriedAt: string | undefined;
  /** The queue that a redrive sends it to. Undefined if no function can process the work again. */
  readonly redriveTarget: RedriveTarget | undefined;
}

/** Describes a message of the dead-letter or the parking queue. Never throws. */
export function describeMessage(message: HeldMessage, own: OwnMessages): MessageDescription {
  const { attributes, messageId } = message;
  const classified = classify(message, own, own.reconcilingFunctionNames);
  const isParkedByUs = attributes['sourceForm'] !== undefined && attributes['lastTriedAt'] !== undefined;
  const source = redriveTargets.find((target) => own.queueArns[target] === message.sourceQueueArn);
  const form = formOf(message, classified, source, own);
  return {
    messageId,
    form,
    username: classified.form === 'dead-letter' ? classified.username : undefined,
    // The attributes written when it was parked are newer than the body.
    errorType: (isParkedByUs ? attributes['errorType'] : undefined) ?? classified.errorType,
    errorMessage: (isParkedByUs ? attributes['errorMessage'] : undefined) ?? messageOf(form, classified),
    firstFailedAt: attributes['firstFailedAt'] ?? classified.firstFailedAt,
    correlationId: attributes['correlationId'] ?? classified.correlationId,
    tries: attemptsOf(message, classified, isParkedByUs),
    sentAt: new Date(message.sentAtMs).toISOString(),
    lastTriedAt: isParkedByUs ? attributes['lastTriedAt'] : undefined,
    redriveTarget: targetOf(classified, source),
  };
}

function classify(message: HeldMessage, own: OwnMessages, functionNames: readonly string[]): QueueMessage {
  const attributes = readOriginalAttributes(message.attributes);
  return classifyQueueMessage({ body: message.body, attributes }, { table: own.table, functionNames });
}

function formOf(
  message: HeldMessage,
  classified: QueueMessage,
  source: RedriveTarget | undefined,
  own: OwnMessages,
): MessageDescription['form'] {
  if (classified.form !== 'unknown') return classified.form;
  if (message.attributes['sourceForm'] === 'ses-event') return 'ses-event';
  if (source !== undefined) return 'queue';
  // From a function whose work is not retried here, such as the one that ends suspensions.
  return classify(message, own, own.functionNames).form === 'invocation' || isOurSchedule(message, own)
    ? 'invocation'
    : 'foreign';
}

/** The message that EventBridge Scheduler sends when it cannot call one of our functions. */
function isOurSchedule({ attributes }: HeldMessage, { functionNames }: OwnMessages): boolean {
  return functionNames.some((name) => attributes['TARGET_ARN']?.endsWith(`:function:${name}`) === true);
}

function targetOf(classified: QueueMessage, source: RedriveTarget | undefined): RedriveTarget | undefined {
  return classified.form === 'unknown' ? source : 'deadLetters';
}

function messageOf(form: MessageDescription['form'], classified: QueueMessage): string {
  return form === 'queue'
    ? 'Its function failed too often. The log of the function says why.'
    : classified.errorMessage;
}

function attemptsOf(message: HeldMessage, classified: QueueMessage, isParkedByUs: boolean): number | undefined {
  if (isParkedByUs) {
    const attempts = Number(message.attributes['retryCount']);
    return Number.isSafeInteger(attempts) && attempts > 0 ? attempts : undefined;
  }
  return classified.form === 'dead-letter' ? classified.retryCount : undefined;
}
