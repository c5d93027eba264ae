/**
 * Awaits a call that creates a resource. If the resource exists, as after a restart with saved state, that is no error.
 *
 * @param conflict the name of the error for an existing resource
 * @returns the call's result, or undefined when the resource existed
 */
export async function unlessThere<T>(creation: Promise<T>, conflict: string): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (error instanceof Error && error.name === conflict) return undefined;
    throw error;
  }
}
