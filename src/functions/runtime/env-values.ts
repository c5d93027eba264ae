import * as v from 'valibot';

/**
 * Types of environment variables. Their messages name the fault, never the value. A default is written as in the
 * environment.
 */
export const text = v.string('is missing');

export const textLike = (pattern: RegExp, complaint: string) => v.pipe(text, v.regex(pattern, complaint));

export const regionText = textLike(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region');

export const wholeNumber = v.pipe(textLike(/^[1-9]\d{0,8}$/, 'is not a whole number above 0'), v.transform(Number));

/** Comma-separated names; undefined if the variable is missing. */
export const nameList = v.optional(
  v.pipe(
    text,
    v.transform((names) => names.split(',')),
  ),
);

const TagsSchema = v.record(v.string(), v.string());

/** A JSON object of strings; undefined if the variable is missing. */
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

/** The settings of a function, by the names of the variables. */
export const settings = <const Entries extends v.ObjectEntries>(entries: Entries) => v.object(entries, 'is missing');
