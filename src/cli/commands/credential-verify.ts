import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Credential, credentialPath } from './credential.ts';
import { runDry } from './run-dry.ts';
import { defaultTimeout, waitFlags } from './wait-flags.ts';

export const command = defineCommand({
  description: 'Asks the verifier to log in at the SMTP endpoint. A login that has succeeded before counts.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: waitFlags,
  examples: [['sesame verify billing --wait', 'Does its password work?']],
  hasDryRun: true,
  async run({ args: { name }, flags: { wait, timeout = defaultTimeout }, global }, deps, io) {
    const { api } = await deps.target();
    const path = credentialPath(name, 'verify');
    if (global.dryRun === true) return await runDry(api, { method: 'POST', path });
    const { body } = await callApi(api, 'POST', path);
    if (body['is_verified'] === true) {
      return { json: { ...body, verification: 'verified' }, fields: [['login', { text: 'verified', tone: 'good' }]] };
    }
    const endMs = deps.now() + timeout * 1000;
    let verification = 'waiting';
    while (wait && verification === 'waiting' && deps.now() < endMs) {
      io.progress(`Waiting for the login of ${name} …`);
      await deps.sleep(1_000);
      const { body: credential } = await callApi<Credential>(api, 'GET', credentialPath(name));
      verification = credential.key?.verification ?? 'waiting';
    }
    io.progress('');
    const tone = verification === 'verified' ? 'good' : verification === 'failed' ? 'bad' : 'warning';
    return {
      json: { ...body, verification },
      fields: [['login', { text: verification, tone }]],
      notes: verification === 'waiting' ? [`Look again later: sesame show ${name}`] : [],
      exit:
        verification === 'failed'
          ? exitCodes.failure
          : wait && verification === 'waiting'
            ? exitCodes.unknown
            : exitCodes.ok,
    };
  },
});
