import { afterAll, describe, expect, it } from 'vitest';
import { runTerraformTests } from './support/terraform/terraform-plans.ts';
import { openTerraformWorkspace } from './support/terraform/terraform-workspace.ts';

const workspace = await openTerraformWorkspace();
afterAll(() => ('run' in workspace ? workspace.remove() : undefined));

/** Terraform's errors for the run of a file in `terraform/tests/refused`, one line each. */
async function errorsOf(file: string): Promise<string[]> {
  if (!('run' in workspace)) throw new Error(workspace.reason);
  const { errors } = await runTerraformTests(workspace, [file], 'tests/refused');
  return errors.map((text) => text.replace(/\s+/g, ' '));
}

describe.runIf('run' in workspace)('a refused plan says what to do', () => {
  it('where SES has no SMTP endpoint, a key is of another Region, or MX hosts are guessed', {
    timeout: 60_000,
  }, async () => {
    const errors = await errorsOf('refusal-texts.tftest.hcl');
    expect(errors).toHaveLength(4);
    const saying = (...words: string[]) => errors.filter((text) => words.every((word) => text.includes(word)));
    expect(
      saying('no SMTP endpoint in eu-south-1', 'eu-west-1', 'nslookup email-smtp.eu-south-1.amazonaws.com'),
    ).toHaveLength(1);
    expect(saying('kms_key_arn is a key of the Region eu-west-1', 'Name a key of eu-south-1')).toHaveLength(1);
    expect(saying('topics_kms_key_arn is a key of the Region us-east-1', 'multi-Region key')).toHaveLength(1);
    expect(saying('mta_sts.mx', 'dig +short MX DOMAIN')).toHaveLength(1);
  });

  it('where the zone of the DKIM keys is unknown', { timeout: 60_000 }, async () => {
    const errors = await errorsOf('zone-text.tftest.hcl');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(
      'aws sesv2 get-email-identity --email-identity DOMAIN --query DkimAttributes.SigningHostedZone',
    );
    expect(errors[0]).toContain('dkim_signing_hosted_zone');
  });

  it('where an identity has no default set, or another one, and says which senders a change would affect', {
    timeout: 60_000,
  }, async () => {
    const errors = await errorsOf('identity-texts.tftest.hcl');
    const [none = '', other = '', ...more] = errors;
    expect(more).toEqual([]);
    expect(none).toContain('No default configuration set: example.com.');
    expect(none).toContain('neither counted nor checked');
    expect(other).toContain('Another default configuration set: example.org has newsletter.');
    expect(other).toContain('(554)');
    for (const error of errors) {
      expect(error).not.toContain('example.net');
      expect(error).toContain('arn:aws:ses:eu-west-1:123456789012:configuration-set/team-smtp');
      expect(error).toContain('tls_required');
      expect(error).toContain('docs/deploy.md');
      expect(error).toContain('--email-identity DOMAIN --configuration-set-name team-smtp');
    }
  });
});

describe.runIf('run' in workspace)('a module that waits for another resource', () => {
  it('can be planned before the table and the identity can be read', { timeout: 60_000 }, async () => {
    // The plan is valid if all errors come from these checks, which are known only after apply.
    const errors = await errorsOf('deferred-reads.tftest.hcl');
    expect(errors).toHaveLength(3);
    expect(errors.filter((text) => !text.includes('Check block assertion known after apply'))).toEqual([]);
  });
});
