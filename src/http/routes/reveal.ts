import * as v from 'valibot';
import { revealPassword } from '../../admin/reveal-password.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';

/** Apart from all others: the only route whose host may decrypt passwords. */
export const revealRoutes: readonly Route[] = [
  defineRoute({
    id: 'credentials.reveal',
    method: 'POST',
    path: '/v1/credentials/{username}/reveal',
    summary: 'Read the SMTP password',
    description: 'Publishes the event `revealed`. The record may limit it with `reveal_limit`.',
    sets: ['secret-reader'],
    body: { schema: v.strictObject({}), isRequired: false },
    isAudited: true,
    answers: { 200: 'SmtpLogin' },
    async handle({ params: { username = '' }, requester }, deps) {
      const reveal = need(deps, 'reveal');
      const { accessKeyId, password } = await revealPassword({ username, ...requester }, reveal);
      const { host, startTlsPort, tlsPort } = reveal.smtp;
      return {
        status: 200,
        body: {
          username,
          smtp_username: accessKeyId,
          smtp_password: password.reveal(),
          smtp_host: host,
          ports: { starttls: startTlsPort, tls: tlsPort },
        },
      };
    },
  }),
];
