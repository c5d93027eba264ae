export interface RevealCounter {
  /**
   * Counts one reveal of a key, if the record still has this key and this count. Counted before the password is decrypted, so that no
   * lost answer gives one away for nothing.
   *
   * @param before the record's attribute `reveals` as it was read
   * @returns false if another reveal was counted first, or the key has changed
   */
  count(username: string, accessKeyId: string, before: unknown): Promise<boolean>;
}

/** The reveals of a key that a record counts. A damaged attribute counts none. */
export function readReveals(attribute: unknown, accessKeyId: string): number {
  if (typeof attribute !== 'object' || attribute === null) return 0;
  const { access_key_id: id, count } = attribute as { access_key_id?: unknown; count?: unknown };
  return id === accessKeyId && typeof count === 'number' && count > 0 ? Math.floor(count) : 0;
}
