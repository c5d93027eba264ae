/** An address or a domain that SES has verified in this account and Region. */
export interface SendingIdentity {
  /** As SES has it: the part before an `@` keeps its case. */
  readonly name: string;
}

/** SES's identities. Everything that SES refuses arrives as a `SesameError`. */
export interface SendingIdentities {
  /** All that are verified, page by page. */
  list(): AsyncIterable<readonly SendingIdentity[]>;
  /** The default configuration set of an identity, or `none`; undefined: the identity is gone. */
  findConfigurationSet(name: string): Promise<{ readonly name: string } | 'none' | undefined>;
}
