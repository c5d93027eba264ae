import { toSesameError } from '../credential/errors.ts';

/** What was read, or why it could not be. */
export type Fact<T> = { readonly value: T } | { readonly problem: string };

/** Facts by name. */
export type Facts<T> = ReadonlyMap<string, Fact<T>>;

/**
 * Reads something. Never throws: a failure becomes a problem.
 *
 * @param right the right that the call needs, such as `ses:GetAccount`
 */
export async function learn<T>(right: string, read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    const { code, message } = toSesameError(error);
    const isDenied = code.startsWith('AccessDenied');
    return { problem: isDenied ? `The right ${right} is missing. ${message}` : `${right} gave no answer. ${message}` };
  }
}

/** Reads something for each name, in parallel. */
export async function learnEach<T>(
  names: readonly string[],
  right: string,
  read: (name: string) => Promise<T>,
): Promise<Facts<T>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await learn(right, () => read(name))] as const)));
}
