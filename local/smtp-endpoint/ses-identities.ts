/** An address or domain that is an SES identity of this account and Region. */
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
 * Finds the identity of an address: the address itself, its domain, or the nearest parent domain. Verified identities come
 * first.
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

/** Domains are case-insensitive; the part before the @ isn't. */
function foldDomain(name: string): string {
  const at = name.lastIndexOf('@');
  return name.slice(0, at + 1) + name.slice(at + 1).toLowerCase();
}
