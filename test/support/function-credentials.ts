import { createHash } from 'node:crypto';

/** Session credentials of a function's role. */
export interface FunctionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** The session credentials that the emulator gives a function. It derives them from the ARNs of function and role. */
export function functionCredentials(functionArn: string, roleArn: string): FunctionCredentials {
  const digest = sha256(`${functionArn}:${roleArn}`);
  return {
    accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: sha256(`secret:${digest}`),
    sessionToken: sha256(`token:${digest}`),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
