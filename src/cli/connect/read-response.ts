import type { ApiResponse } from '../command/api-client.ts';

/** Reads an answer of the API. A body that is no JSON, such as a proxy's page, is left out. */
export async function readResponse(response: Response): Promise<ApiResponse> {
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
