/**
 * What a missing receiving rule means for a credential: nothing, a warning on its record (replies would bounce), or a
 * failure.
 */
export type ReceivingRulesMode = 'ignore' | 'warn' | 'require';

/** A rule of the receiving system, as far as it matters here. `action: 'bounce'` refuses the mail. */
export type ReceivingRule = { readonly enabled: boolean; readonly action?: string | undefined };

/** How the receiving system builds its keys. `{pattern}` stands for an address, `*@domain` or `*`. */
export type ReceivingRuleKeyFormat = { readonly pk: string; readonly sk: string };

/** Primary key of a rule in the shared table. */
export type ReceivingRuleKey = { readonly PK: string; readonly SK: string };

/** The keys of the ses-mail project's routing rules. */
export const DEFAULT_RECEIVING_RULE_KEYS: ReceivingRuleKeyFormat = { pk: 'ROUTE#{pattern}', sk: 'RULE#v1' };

/**
 * The keys under which the receiving system would look for a rule that covers a whole sender pattern, in its own order:
 * exact address, address without +tag, `*@domain`, `*`.
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

/** Reads rules of the receiving system. Those that don't exist are left out of the answer, which goes by PK. */
export interface ReceivingRules {
  findRules(keys: readonly ReceivingRuleKey[]): Promise<ReadonlyMap<string, ReceivingRule>>;
}

/** Asks for all rules at once, then tells {@link patternsWithoutRule}. */
export async function findPatternsWithoutRule(
  senderPatterns: readonly string[],
  receivingRules: ReceivingRules,
  format: ReceivingRuleKeyFormat = DEFAULT_RECEIVING_RULE_KEYS,
): Promise<string[]> {
  const keys = senderPatterns.flatMap((pattern) => receivingRuleKeys(pattern, format));
  // DynamoDB refuses a batch that names a key twice.
  const distinct = new Map(keys.map((key) => [key.PK, key]));
  return patternsWithoutRule(senderPatterns, await receivingRules.findRules([...distinct.values()]), format);
}

/**
 * The sender patterns whose mail nobody would receive. As in the receiving system, a disabled rule is skipped and the first
 * enabled one decides. A rule that bounces is no receiver: its usual place is the catch-all `*`.
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
