/** Attributes to set and to remove in one write. */
export interface RecordChange {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly string[];
}

/**
 * The result of a conditional write. If the write was refused, `item` is the current item; undefined if there is none.
 */
export type WriteResult =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly item: Item | undefined };

/** The result of a conditional write that doesn't read what it has written. */
export type UpdateResult = { readonly written: true } | Extract<WriteResult, { written: false }>;

/**
 * The table's credential items. Every write is conditional, and a refused one returns the current item. The first three
 * methods are only for administrators' programs.
 */
export interface CredentialTable {
  /**
   * Creates a record. If one exists already, the write is refused with that record. But if that record has exactly
   * these attributes and the first answer may have been lost, it counts as written.
   *
   * @param attributes all attributes of the record, without the key
   * @throws SesameError permanent `RecordTooLarge`, `ValueNotStorable`
   */
  insert(username: string, attributes: Item): Promise<WriteResult>;
  /**
   * Changes a record if its spec still has `expectedRevision` (see `revisionOf`), even if the system has written to the
   * record in the meantime. Otherwise refuses with the current record, or with undefined if there is none. An edit
   * whose values are already stored counts as written.
   *
   * @throws SesameError permanent `RecordTooLarge`, `ValueNotStorable`; conflict `RecordKeepsChanging`
   */
  edit(username: string, change: RecordChange, expectedRevision: string): Promise<WriteResult>;
  /** Deletes a record under the same condition. The result contains the deleted record; undefined if there was none. */
  remove(username: string, expectedRevision: string): Promise<WriteResult>;
  /** Claims a record without a claim, and reads it in the same call. `claim` is stored unchanged. */
  claim(username: string, claim: ClaimAttribute): Promise<WriteResult>;
  /** Replaces a claim, if it is still exactly `previous`. */
  takeClaim(username: string, claim: ClaimAttribute, previous: Item): Promise<WriteResult>;
  /** Reads the current record (a consistent read). Undefined if there is none. */
  read(username: string): Promise<Item | undefined>;
  /** Lists all records, or those after a username, page by page, sorted by username. A page may be empty. */
  list(options?: {
    readonly after?: string;
  }): AsyncIterable<readonly { readonly username: string; readonly item: Item }[]>;
  /**
   * Updates a record without a claim, if these attributes still match `condition`. Doesn't return what it has written,
   * so that a policy can refuse all writes that do.
   */
  update(username: string, change: RecordChange, condition: Readonly<Record<string, unknown>>): Promise<UpdateResult>;
  /** As `update`, and reads the record in the same call. */
  updateUnclaimed(
    username: string,
    change: RecordChange,
    condition: Readonly<Record<string, unknown>>,
  ): Promise<WriteResult>;
  /** Changes a record that `by` has claimed and whose status is still the given one. */
  write(username: string, change: RecordChange, held: { by: string; status: unknown }): Promise<WriteResult>;
}

/** The part that the functions use. The rest is separate, so that they don't load it. */
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
