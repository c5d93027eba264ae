import * as z from 'zod/mini';

/** Kinds of environment variables. Their messages name what is wrong and never the value. */
export const text = z.string({ error: 'is missing' });

export const textLike = (pattern: RegExp, complaint: string) => text.check(z.regex(pattern, complaint));

export const regionText = textLike(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region');

export const wholeNumber = z.pipe(textLike(/^[1-9]\d{0,8}$/, 'is not a whole number above 0'), z.transform(Number));

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `is not one of ${values.join(', ')}` });
