import type { PolicyConditions, PolicyDocument } from './policy-document.ts';

/**
 * Condition keys that the emulator's policy evaluation doesn't support, or only slowly. `*` stands for the rest of a key.
 *
 * Tests evaluate the full policies with a simulator that supports them.
 */
export const unsuppliedConditionKeys = [
  'iam:PermissionsBoundary',
  'iam:PolicyARN',
  'iam:ResourceTag/*',
  // Slow: the emulator would read the tags of every IAM user for each call.
  'aws:ResourceTag/*',
  'kms:EncryptionContext:*',
  'dynamodb:Attributes',
  'dynamodb:LeadingKeys',
  'dynamodb:ReturnValues',
  'dynamodb:Select',
  'events:source',
] as const;

/** Removes the conditions that could never be true in the emulator. All others stay. */
export function dropUnsuppliedConditions(policy: PolicyDocument): PolicyDocument {
  const statements = policy.Statement.map(({ Condition, ...statement }) => {
    const kept = Condition ? keptConditions(Condition) : {};
    return Object.keys(kept).length > 0 ? { ...statement, Condition: kept } : statement;
  });
  return { ...policy, Statement: statements };
}

function keptConditions(conditions: PolicyConditions): PolicyConditions {
  const kept: PolicyConditions = {};
  for (const [operator, comparisons] of Object.entries(conditions)) {
    const supplied = Object.entries(comparisons).filter(([key]) => !isUnsupplied(key));
    if (supplied.length > 0) kept[operator] = Object.fromEntries(supplied);
  }
  return kept;
}

function isUnsupplied(key: string): boolean {
  // Condition keys are case-insensitive.
  const wanted = key.toLowerCase();
  return unsuppliedConditionKeys.some((pattern) => {
    const known = pattern.toLowerCase();
    return known.endsWith('*') ? wanted.startsWith(known.slice(0, -1)) : wanted === known;
  });
}
