/** The runbook for a code: the name of a file under docs/runbooks, without its extension. */
export function runbookOfCode(code: string): string {
  return runbooks.get(code) ?? (/QuotaReached$/.test(code) ? 'iam-quota-reached' : 'failed-credential');
}

const runbooks: ReadonlyMap<string, string> = new Map(
  Object.entries({
    LimitExceededException: 'iam-quota-reached',
    DisabledException: 'kms-key-unreachable',
    KMSInvalidStateException: 'kms-key-unreachable',
    NotFoundException: 'kms-key-unreachable',
    InvalidKeyUsageException: 'kms-key-unreachable',
    InvalidGrantTokenException: 'kms-key-unreachable',
    IamUserLeftOver: 'undeletable-user',
    DeleteConflictException: 'undeletable-user',
    AwsQuarantine: 'compromised-key',
    Contained: 'compromised-key',
    SenderViolations: 'sender-violation',
    BounceRate: 'sending-reputation',
    ComplaintRate: 'sending-reputation',
    SendQuota: 'suspended-credential',
    ReceivingRulesGone: 'suspended-credential',
    SuspensionRemoved: 'suspended-credential',
    Expired: 'suspended-credential',
    NotDisabled: 'not-disabled',
    OldKeyInUse: 'old-key-in-use',
  }),
);
