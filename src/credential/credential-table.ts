/** Attributes to set and to remove in one write. */
export interface RecordChange {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly string[];
}

/** The answer of a conditional write: done, or the item as it stands (undefined: there is none). */
export type WriteResult =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly item: Item | undefined };

/** The table's credential items. Every write is conditional and tells what stood there when it was refused. The first three are for administrators' programs. */
export interface CredentialTable {
  /**
   * Puts a record where there is none. Refused with the record that is there; but one that is just this counts as written when the first
   * answer may have been lost.
   *
   * @param attributes all that is to stand on it, without the key
   * @throws SesameError permanent `RecordTooLarge`, `ValueNotStorable`
   */
  insert(username: string, attributes: Item): Promise<WriteResult>;
  /**
   * Changes a record if administrators ask for the same as when it had `expectedRevision` (see `revisionOf`), whatever the system wrote
   * meanwhile. Refused with the record as it stands, or with undefined when there is none. An edit that finds its own values there counts as
   * written.
   *
   * @throws SesameError permanent `RecordTooLarge`, `ValueNotStorable`; conflict `RecordKeepsChanging`
   */
  edit(username: string, change: RecordChange, expectedRevision: string): Promise<WriteResult>;
  /** Deletes a record on the same terms. The result holds what stood there; refused with undefined: there is none. */
  remove(username: string, expectedRevision: string): Promise<WriteResult>;
  /**
   * Claims a record that nobody holds, and reads it: one call for both.
   * `claim` is stored as it is.
   */
  claim(username: string, claim: ClaimAttribute): Promise<WriteResult>;
  /** Takes over a claim, if it is still exactly this one. */
  takeClaim(username: string, claim: ClaimAttribute, previous: Item): Promise<WriteResult>;
  /** Reads one record as it stands now (consistent); undefined when there is none. */
  read(username: string): Promise<Item | undefined>;
  /** All records, or those that come after a username, page by page; usernames come in order. A page may be empty. */
  list(options?: {
    readonly after?: string;
  }): AsyncIterable<readonly { readonly username: string; readonly item: Item }[]>;
  /** Notes something on a record without claiming it, if `condition` still holds of these attributes. */
  updateUnclaimed(
    username: string,
    change: RecordChange,
    condition: Readonly<Record<string, unknown>>,
  ): Promise<WriteResult>;
  /** Changes a record that `by` holds and whose status is still `status` (as it was read). */
  write(username: string, change: RecordChange, held: { by: string; status: unknown }): Promise<WriteResult>;
}

/** What the functions use of it. The rest is apart, so that they don't load it. */
export type SystemCredentialTable = Omit<CredentialTable, 'insert' | 'edit' | 'remove'>;

/** The attribute `claim` as it is stored. */
export interface ClaimAttribute {
  readonly iam_user_name?: string;
  /** ISO 8601 */
  readonly at: string;
  readonly by?: string;
}

/** A table item as plain values: numbers, strings, booleans, arrays, sets, maps. */
export type Item = Readonly<Record<string, unknown>>;
