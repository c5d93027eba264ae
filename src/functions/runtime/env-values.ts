import * as v from 'valibot';

/**
 * Kinds of environment variables. Their messages name what is wrong and never the value. A default is written as the
 * environment would write it.
 */
export const text = v.string('is missing');

export const textLike = (pattern: RegExp, complaint: string) => v.pipe(text, v.regex(pattern, complaint));

export const regionText = textLike(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region');

export const wholeNumber = v.pipe(textLike(/^[1-9]\d{0,8}$/, 'is not a whole number above 0'), v.transform(Number));

/** Names with commas between them; none when it is missing. */
export const nameList = v.optional(
  v.pipe(
    text,
    v.transform((names) => names.split(',')),
  ),
);

const TagsSchema = v.record(v.string(), v.string());

/** A map of texts in JSON; an empty one when it is missing. */
export const textMap = v.optional(
  v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return v.parse(TagsSchema, JSON.parse(dataset.value));
      } catch {
        addIssue({ message: 'is not a map of texts in JSON' });
        return NEVER;
      }
    }),
  ),
);

export const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `is not one of ${values.join(', ')}`);

/** The settings of a function. Its keys are the variables' names. */
export const settings = <const Entries extends v.ObjectEntries>(entries: Entries) => v.object(entries, 'is missing');
