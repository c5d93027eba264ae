/** Starts the sweep outside of its schedule. */
export interface SweepStarter {
  /**
   * Asks for a sweep, and doesn't wait for it.
   *
   * @param id the correlation id of all that the sweep logs and tells; a sweep of this id runs once only
   * @throws SesameError
   */
  start(id: string): Promise<void>;
}
