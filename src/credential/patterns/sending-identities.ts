/** An address or a domain that SES has verified in this account and Region. */
export interface SendingIdentity {
  /** As SES spells it: the part before an `@` keeps its case. */
  readonly name: string;
}

/** The identities of SES. All errors of SES are thrown as `SesameError`. */
export interface SendingIdentities {
  /** Lists all verified identities, page by page. */
  list(): AsyncIterable<readonly SendingIdentity[]>;
  /** The default configuration set of an identity, or `none`. Undefined if the identity no longer exists. */
  findConfigurationSet(name: string): Promise<{ readonly name: string } | 'none' | undefined>;
}
