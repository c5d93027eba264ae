import {
  DEFAULT_RECEIVING_RULE_KEYS,
  patternsWithoutRule,
  type ReceivingRule,
  type ReceivingRuleKey,
  type ReceivingRuleKeyFormat,
  receivingRuleKeys,
} from './receiving-rules.ts';

/** Where the receiving system's rules stand. Read only. */
export interface ReceivingRules {
  /** The rules that exist, by PK. */
  findRules(keys: readonly ReceivingRuleKey[]): Promise<ReadonlyMap<string, ReceivingRule>>;
}

/** The sender patterns whose mail nobody would receive: see `patternsWithoutRule`. One look-up for all of them. */
export async function findPatternsWithoutRule(
  patterns: readonly string[],
  rules: ReceivingRules,
  format: ReceivingRuleKeyFormat = DEFAULT_RECEIVING_RULE_KEYS,
): Promise<string[]> {
  const keys = new Map(
    patterns.flatMap((p) => receivingRuleKeys(p, format)).map((key) => [`${key.PK} ${key.SK}`, key]),
  );
  return patternsWithoutRule(patterns, await rules.findRules([...keys.values()]), format);
}
