import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { evaluateIamRequest } from '../local/iam-evaluation/evaluate-iam-request.ts';

/** Reads the policy with this statement from a page. */
function readPolicy(page: string, sid: string): object {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
  const json = [...text.matchAll(/```json\n([^`]+)```/g)].find(([, block = '']) => block.includes(`"${sid}"`))?.[1];
  return JSON.parse(json ?? '') as object;
}

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const everything = {
  name: 'everything',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

it.each([
  ['ses-smtp-user-jane-1764000000000', false],
  ['team/ses-smtp-user-jane-1764000000000', false],
  ['smtp-credential-manager', true],
  ['mail', true],
])('docs/deploy.md: a role %s may be made: %s', async (name, allowed) => {
  const decision = await evaluateIamRequest({
    principalArn: role('administrator'),
    identityPolicies: [everything, { name: 'guide', document: readPolicy('deploy.md', 'NoRolesNamedLikeCredentials') }],
    action: 'iam:CreateRole',
    resource: role(name),
    context: {},
  });
  expect(decision.allowed).toBe(allowed);
});

it.each([
  ['smtp-credential-manager', true],
  ['smtp-dlq-processor', true],
  ['administrator', false],
  ['xsmtp-credential-manager', false],
])('docs/events.md: %s may publish on a bus of its own: %s', async (name, allowed) => {
  const decision = await evaluateIamRequest({
    principalArn: role(name),
    identityPolicies: [everything],
    resourcePolicy: { name: 'guide', document: readPolicy('events.md', 'OnlySesamePublishes') },
    action: 'events:PutEvents',
    resource: 'arn:aws:events:eu-west-1:123456789012:event-bus/sesame',
    context: { 'aws:PrincipalArn': role(name), 'events:source': ['sesame'] },
  });
  expect(decision.allowed).toBe(allowed);
});
