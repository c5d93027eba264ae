import type { IncomingHttpHeaders } from 'node:http';

const ownHosts = ['127.0.0.1', 'localhost'];

/**
 * Why a request to a port of this machine can't come from a program of the user; undefined: it can. A web page that a browser has open can send
 * requests to 127.0.0.1, but not without an `Origin` or a `Sec-Fetch-Site` that says so; and one whose name was pointed at 127.0.0.1 (DNS
 * rebinding) sends its own name as `Host`. The emulator has the same rule: local/emulator/own_callers.py.
 *
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function describeForeignRequest(headers: IncomingHttpHeaders): string | undefined {
  const host = /^([^:]*)(?::\d+)?$/.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (host === undefined || !ownHosts.includes(host)) return 'This server answers to 127.0.0.1 and localhost only.';
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || (site !== undefined && site !== 'none'))
    return 'This server does not answer to web pages.';
  return undefined;
}
