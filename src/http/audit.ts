/** One line of the audit log: who asked for what, from where, and how it ended. */
export interface AuditEntry {
  readonly request_id: string;
  readonly caller: string;
  /** Whether API Gateway has checked who it is. */
  readonly is_vouched: boolean;
  readonly source_ip?: string;
  /** Such as `credentials.disable`. */
  readonly action: string;
  /** The credential, message or other thing that it is about. */
  readonly subject?: string;
  /** It only asked what would be written. */
  readonly is_dry_run?: true;
  /** HTTP status. */
  readonly status: number;
  /** The code of the refusal. */
  readonly code?: string;
}
