/**
 * How a missing receiving rule is handled: not at all, as a warning on the record (replies would bounce), or as a
 * failure.
 */
export type ReceivingRulesMode = 'ignore' | 'warn' | 'require';

/** The relevant part of a rule of the receiving system. `action: 'bounce'` rejects the mail. */
export type ReceivingRule = { readonly enabled: boolean; readonly action?: string | undefined };

/** The format of the receiving system's keys. `{pattern}` stands for an address, `*@domain` or `*`. */
export type ReceivingRuleKeyFormat = { readonly pk: string; readonly sk: string };

/** The primary key of a rule in the shared table. */
export type ReceivingRuleKey = { readonly PK: string; readonly SK: string };

/** The key format of the ses-mail project's routing rules. */
export const DEFAULT_RECEIVING_RULE_KEYS: ReceivingRuleKeyFormat = { pk: 'ROUTE#{pattern}', sk: 'RULE#v1' };

/**
 * The keys under which the receiving system looks for a rule that covers a whole sender pattern, in its order: exact
 * address, address without +tag, `*@domain`, `*`.
 *
 * @see https://github.com/jarrod-lowe/ses-mail
 */
export function receivingRuleKeys(
  senderPattern: string,
  format: ReceivingRuleKeyFormat = DEFAULT_RECEIVING_RULE_KEYS,
): readonly ReceivingRuleKey[] {
  const fill = (template: string, pattern: string) => template.replaceAll('{pattern}', () => pattern);
  return lookupPatterns(senderPattern).map((pattern) => ({
    PK: fill(format.pk, pattern),
    SK: fill(format.sk, pattern),
  }));
}

/** Reads rules of the receiving system. Returns those that exist, by PK. */
export interface ReceivingRules {
  findRules(keys: readonly ReceivingRuleKey[]): Promise<ReadonlyMap<string, ReceivingRule>>;
}

/** Reads all rules in one call, then applies {@link patternsWithoutRule}. */
export async function findPatternsWithoutRule(
  senderPatterns: readonly string[],
  receivingRules: ReceivingRules,
  format: ReceivingRuleKeyFormat = DEFAULT_RECEIVING_RULE_KEYS,
): Promise<string[]> {
  const keys = senderPatterns.flatMap((pattern) => receivingRuleKeys(pattern, format));
  // DynamoDB rejects a batch that contains a key twice.
  const distinct = new Map(keys.map((key) => [key.PK, key]));
  return patternsWithoutRule(senderPatterns, await receivingRules.findRules([...distinct.values()]), format);
}

/**
 * The sender patterns whose replies nobody would receive. As in the receiving system, disabled rules are skipped, and
 * the first enabled rule decides. A rule that bounces receives nothing: it is usually the catch-all `*`.
 *
 * @param rules the rules that exist, by PK
 */
export function patternsWithoutRule(
  senderPatterns: readonly string[],
  rules: ReadonlyMap<string, ReceivingRule>,
  format: ReceivingRuleKeyFormat = DEFAULT_RECEIVING_RULE_KEYS,
): string[] {
  return senderPatterns.filter((pattern) => {
    const candidates = receivingRuleKeys(pattern, format).map(({ PK }) => rules.get(PK));
    const deciding = candidates.find((rule) => rule?.enabled);
    return deciding === undefined || deciding.action === 'bounce';
  });
}

function lookupPatterns(senderPattern: string): string[] {
  const at = senderPattern.lastIndexOf('@');
  const local = senderPattern.slice(0, at);
  const domain = senderPattern.slice(at + 1);
  if (domain.startsWith('*.')) return ['*'];
  if (local.endsWith('*')) return [`*@${domain}`, '*'];
  const untagged = local.split('+')[0];
  return [...new Set([senderPattern, `${untagged}@${domain}`, `*@${domain}`, '*'])];
}
