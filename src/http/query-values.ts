import * as v from 'valibot';

/** A whole number in a query. */
export function queryNumber(minimum: number, maximum: number) {
  const message = `is not a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.string(message),
    v.regex(/^\d{1,9}$/, message),
    v.transform(Number),
    v.minValue(minimum, message),
    v.maxValue(maximum, message),
    v.metadata({ jsonSchema: { type: 'integer', minimum, maximum } }),
  );
}

/** `true` or `false` in a query. */
export const queryFlag = v.pipe(
  v.picklist(['true', 'false'], 'is neither true nor false'),
  v.transform((text) => text === 'true'),
  v.metadata({ jsonSchema: { type: 'boolean' } }),
);

/** A text in a query, given once. */
export const queryText = v.pipe(
  v.string('is given more than once'),
  v.nonEmpty('is empty'),
  v.maxLength(1_024, 'is longer than 1,024 characters'),
);

/** A time in a query: milliseconds since the epoch. */
export const queryTime = v.pipe(
  v.string('is given more than once'),
  v.isoTimestamp('is not a time in ISO 8601, UTC, such as 2027-03-31T18:00:00Z'),
  v.transform((text) => Date.parse(text)),
  v.number('is not a time in ISO 8601, UTC, such as 2027-03-31T18:00:00Z'),
  v.metadata({ jsonSchema: { type: 'string', format: 'date-time' } }),
);

/** The cursor of a page. It holds a username, which is up to 1,019 bytes long if somebody wrote the record by hand, or a token of CloudWatch Logs. */
export const queryCursor = v.pipe(
  v.string('is given more than once'),
  v.nonEmpty('is empty'),
  v.maxLength(6_000, 'is no cursor'),
);

/** A text that may be given several times. */
export const queryTexts = v.union([
  v.pipe(
    queryText,
    v.transform((text) => [text]),
  ),
  v.array(queryText),
]);

/** How many seconds to wait for the outcome of a change. API Gateway gives up after 30. */
export const wait = v.optional(queryNumber(0, 25));
/** Shows what would be written, and writes nothing. */
export const dryRun = v.optional(queryFlag);
