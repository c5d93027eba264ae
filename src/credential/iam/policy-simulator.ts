/** A call of an IAM user, for IAM's policy simulator. */
export interface SimulationRequest {
  readonly userArn: string;
  /** For example `ses:SendRawEmail`. */
  readonly action: string;
  readonly resourceArns: readonly string[];
  /** Condition keys of the call. Keys that it doesn't have are left out. */
  readonly context: readonly SimulationContext[];
}

/** A condition key and its value. A list is a key with several values. */
export interface SimulationContext {
  readonly key: string;
  readonly type: 'string' | 'stringList' | 'ip' | 'boolean' | 'numeric' | 'date';
  readonly values: readonly string[];
}

/** IAM's decision on one resource. */
export interface SimulatedDecision {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** Condition keys that policies use and the request didn't have. The decision may depend on them. */
  readonly missingKeys: readonly string[];
  /** The policies whose statements matched. */
  readonly policies: readonly string[];
  /** Undefined: the user has no permissions boundary. */
  readonly isAllowedByBoundary?: boolean | undefined;
  /** Undefined: the account has no service control policies. */
  readonly isAllowedByOrganization?: boolean | undefined;
}

/** IAM's decisions, by resource ARN. */
export type SimulatedDecisions = ReadonlyMap<string, SimulatedDecision>;

/** IAM's own policy simulator. All errors of IAM are thrown as `SesameError`. */
export interface PolicySimulator {
  /**
   * Evaluates all policies of a user: its own, those of its groups, the boundary, and the organisation's. Undefined if
   * there is no such user.
   */
  simulate(request: SimulationRequest): Promise<SimulatedDecisions | undefined>;
}
