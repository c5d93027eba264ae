/** Stops an IAM user at once, without the record. Every call is safe to repeat. A user that doesn't exist has nothing to stop. */
export interface Containment {
  /** Attaches an explicit deny of everything. It wins over every other policy, and acts within seconds. */
  deny(iamUserName: string): Promise<void>;
  /** Makes all keys of the user Inactive. Returns their ids. */
  deactivateKeys(iamUserName: string): Promise<readonly string[]>;
  /** Removes the explicit deny. */
  lift(iamUserName: string): Promise<void>;
}
