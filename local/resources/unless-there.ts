/**
 * Awaits a creating call. A resource that is there already, as on a restart with saved state, is no error.
 *
 * @param conflict - the name of the error that says so.
 * @returns what the call returned, or undefined when the resource was there.
 */
export async function unlessThere<T>(creation: Promise<T>, conflict: string): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (error instanceof Error && error.name === conflict) return undefined;
    throw error;
  }
}
