/** Condition operators, each with its condition keys and what they are compared with. */
export type PolicyConditions = Record<string, Record<string, string | string[]>>;

/** One statement of an IAM policy, as far as our own policies use the grammar. */
export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: PolicyConditions;
}

/** An IAM policy. */
export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}
