/**
 * A client that is made at its first use: making one takes as long as several calls, and the system's own writes, most of
 * what the stream brings, need none.
 */
export function lazyClient<Client>(create: () => Client, onCreate: (client: Client) => void): () => Client {
  let made: Client | undefined;
  return () => {
    if (made === undefined) {
      made = create();
      onCreate(made);
    }
    return made;
  };
}
