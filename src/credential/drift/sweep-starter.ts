/** Starts a sweep outside its schedule. It reads everything of every user. */
export interface SweepStarter {
  /**
   * Requests a sweep without waiting for it.
   *
   * @param id the correlation id of the sweep's logs and events; a sweep with this id runs only once
   * @throws SesameError
   */
  start(id: string): Promise<void>;
}
