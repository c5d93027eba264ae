import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** Texts as the attributes of a message. */
export function toStringAttributes(
  attributes: Readonly<Record<string, string>>,
): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}
