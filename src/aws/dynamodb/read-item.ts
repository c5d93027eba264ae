import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl as NumberValue, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';

/**
 * A number that JavaScript can't hold exactly. In a condition it is the same number again; everywhere else it is text.
 */
class LongNumber extends NumberValue {
  toJSON(): string {
    return this.toString();
  }
}

/** An item as plain values, but for numbers that JavaScript can't hold. */
export function readItem(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes, {
    wrapNumbers: (text) => {
      const number = Number(text);
      const isExact = String(number) === text && (Number.isSafeInteger(number) || !Number.isInteger(number));
      return isExact ? number : new LongNumber(text);
    },
  });
}
