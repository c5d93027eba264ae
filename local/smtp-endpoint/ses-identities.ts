/** An address or domain that SES knows in this account and region. */
export interface SesIdentity {
  readonly name: string;
  readonly verified: boolean;
  readonly defaultConfigurationSet?: string | undefined;
}

/** SES's identities and configuration sets, as the SMTP endpoint sees them. A method throws when SES doesn't answer. */
export interface SesIdentities {
  list(): Promise<readonly SesIdentity[]>;
  hasConfigurationSet(name: string): Promise<boolean>;
}

/**
 * Finds the identity that stands for an address: the address itself, its domain, or the nearest parent domain; a verified
 * one before one that isn't.
 * https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export function matchIdentity(address: string, identities: readonly SesIdentity[]): SesIdentity | undefined {
  const byName = new Map(identities.map((identity) => [foldDomain(identity.name), identity]));
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const labels = domain.split('.');
  const names = [foldDomain(address), ...labels.map((_, index) => labels.slice(index).join('.'))];
  const found = names.flatMap((name) => byName.get(name) ?? []);
  return found.find((identity) => identity.verified) ?? found[0];
}

/** Domains have no case. The part before the @ keeps its own. */
function foldDomain(name: string): string {
  const at = name.lastIndexOf('@');
  return name.slice(0, at + 1) + name.slice(at + 1).toLowerCase();
}
