import { afterAll, describe, expect, it } from 'vitest';
import { runTerraformTests } from './support/terraform/terraform-plans.ts';
import { openTerraformWorkspace } from './support/terraform/terraform-workspace.ts';

const workspace = await openTerraformWorkspace();
afterAll(() => ('run' in workspace ? workspace.remove() : undefined));

/** What Terraform says when it refuses the one run of a file in `terraform/tests/refused`, each complaint in one line. */
async function complaintsOf(file: string): Promise<string[]> {
  if (!('run' in workspace)) throw new Error(workspace.reason);
  const { errors } = await runTerraformTests(workspace, [file], 'tests/refused');
  return errors.map((text) => text.replace(/\s+/g, ' '));
}

describe.runIf('run' in workspace)('a refused plan says what to do', () => {
  it('where SES has no SMTP endpoint, a key is of another Region, or MX hosts are guessed', {
    timeout: 60_000,
  }, async () => {
    const complaints = await complaintsOf('refusal-texts.tftest.hcl');
    expect(complaints).toHaveLength(4);
    const saying = (...words: string[]) => complaints.filter((text) => words.every((word) => text.includes(word)));
    expect(
      saying('no SMTP endpoint in eu-south-1', 'eu-west-1', 'nslookup email-smtp.eu-south-1.amazonaws.com'),
    ).toHaveLength(1);
    expect(saying('kms_key_arn is a key of the Region eu-west-1', 'Name a key of eu-south-1')).toHaveLength(1);
    expect(saying('topics_kms_key_arn is a key of the Region us-east-1', 'multi-Region key')).toHaveLength(1);
    expect(saying('mta_sts.mx', 'dig +short MX DOMAIN')).toHaveLength(1);
  });

  it('where the zone of the DKIM keys is unknown', { timeout: 60_000 }, async () => {
    const complaints = await complaintsOf('zone-text.tftest.hcl');
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(
      'aws sesv2 get-email-identity --email-identity DOMAIN --query DkimAttributes.SigningHostedZone',
    );
    expect(complaints[0]).toContain('dkim_signing_hosted_zone');
  });

  it('where an identity has no default set, or another one, and whom a change would hit', {
    timeout: 60_000,
  }, async () => {
    const complaints = await complaintsOf('identity-texts.tftest.hcl');
    const [none = '', other = '', ...more] = complaints;
    expect(more).toEqual([]);
    expect(none).toContain('No default configuration set: example.com.');
    expect(none).toContain('neither counted nor checked');
    expect(other).toContain('Another default configuration set: example.org has newsletter.');
    expect(other).toContain('(554)');
    for (const complaint of complaints) {
      expect(complaint).not.toContain('example.net');
      expect(complaint).toContain('arn:aws:ses:eu-west-1:123456789012:configuration-set/team-smtp');
      expect(complaint).toContain('tls_required');
      expect(complaint).toContain('docs/deploy.md');
      expect(complaint).toContain('--email-identity DOMAIN --configuration-set-name team-smtp');
    }
  });
});

describe.runIf('run' in workspace)('a module that waits for another resource', () => {
  it('is planned before the table and the identity are read', { timeout: 60_000 }, async () => {
    // The plan stands if nothing but these checks, which wait for the apply, is complained about.
    const complaints = await complaintsOf('deferred-reads.tftest.hcl');
    expect(complaints).toHaveLength(3);
    expect(complaints.filter((text) => !text.includes('Check block assertion known after apply'))).toEqual([]);
  });
});
