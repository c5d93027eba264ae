import { sesReplies } from './ses-replies.ts';

/** A tag of a message, as a client sets it in the header `X-SES-MESSAGE-TAGS`. */
export interface MessageTag {
  readonly name: string;
  readonly value: string;
}

/**
 * The tags of SES that clients may set: https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html#event-publishing-fine-grained-feedback.
 * All others that begin with `ses:` are SES's own.
 */
const openSesTags = new Set(['ses:feedback-id-a', 'ses:feedback-id-b']);
const allowed = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Reads the values of `X-SES-MESSAGE-TAGS`: `name=value, name=value`.
 *
 * @throws SmtpReply 554 where a name or a value holds other characters than SES allows
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
 */
export function readMessageTags(values: readonly string[]): readonly MessageTag[] {
  return values
    .flatMap((line) => line.split(/[,;]/))
    .flatMap((entry) => {
      const text = entry.trim();
      if (text === '') return [];
      const equals = text.indexOf('=');
      const name = (equals < 0 ? text : text.slice(0, equals)).trim();
      const value = equals < 0 ? '' : text.slice(equals + 1).trim();
      if (!allowed.test(name) && !openSesTags.has(name)) throw sesReplies.invalidTag('name', name);
      if (!allowed.test(value)) throw sesReplies.invalidTag('value', value);
      return [{ name, value }];
    });
}
