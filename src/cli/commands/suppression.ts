/** What the suppression list says of an address. */
export interface Suppression {
  readonly address: string;
  readonly is_suppressed: boolean;
  readonly entries: readonly {
    readonly address: string;
    readonly reason: string;
    readonly since?: string;
    readonly message_id?: string;
  }[];
}
