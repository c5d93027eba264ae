/** Condition operators, each with its condition keys and the values to compare with. */
export type PolicyConditions = Record<string, Record<string, string | string[]>>;

/** One statement of an IAM policy: the part of the grammar that our policies use. */
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
