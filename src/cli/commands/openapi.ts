import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description: 'OpenAPI 3.1, of the API that this program holds.',
  arguments: {},
  flags: {},
  examples: [['sesame openapi > sesame.openapi.json', 'For a generator of clients']],
  async run() {
    const { default: document } = await import('../../http/openapi.json', { with: { type: 'json' } });
    return { json: document, raw: `${JSON.stringify(document, null, 2)}\n` };
  },
});
