/** An address or domain of the account, at SES. */
export interface EmailIdentity {
  readonly name: string;
  readonly isVerified: boolean;
  /** The configuration set of mails that name no other. */
  readonly configurationSet?: string | undefined;
}

export type SuppressionReason = 'BOUNCE' | 'COMPLAINT';

export interface ConfigurationSet {
  readonly isSendingEnabled: boolean;
  /** The reasons for which suppressed addresses get no mail. Undefined: the account's. */
  readonly suppressedReasons?: readonly SuppressionReason[] | undefined;
}

/** The account's state in one Region. */
export interface SendingAccountState {
  /** Otherwise it is in SES's sandbox: only verified addresses and the mailbox simulator get mail. */
  readonly hasProductionAccess: boolean;
  readonly isSendingEnabled: boolean;
  /** Recipients in any 24 hours. Undefined: no limit. */
  readonly dailyQuota: number | undefined;
  readonly sentLast24Hours: number;
  readonly suppressedReasons: readonly SuppressionReason[];
}

/** Reads the account's SES. A result is undefined if SES has no such thing. All errors are thrown as `SesameError`. */
export interface SendingAccount {
  readState(): Promise<SendingAccountState>;
  /** @param name an address, or a domain */
  findIdentity(name: string): Promise<EmailIdentity | undefined>;
  findConfigurationSet(name: string): Promise<ConfigurationSet | undefined>;
  /** Why an address is on the account's suppression list, in whatever case it is written. */
  findSuppression(address: string): Promise<SuppressionReason | undefined>;
}
