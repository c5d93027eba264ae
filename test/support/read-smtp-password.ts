import type { LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { readPassword } from '../../src/admin/read-password.ts';
import { createPasswordDecryption } from '../../src/aws/kms.ts';

/** Decrypts the password of a record that was read before, for this table's name or a former one. */
export async function readSmtpPassword(
  { clients, description }: { clients: LocalClients; description: LocalDescription },
  record: Readonly<Record<string, unknown>>,
  table = description.table,
): Promise<string> {
  const { password } = await readPassword(
    { username: String(record['SK']).slice('USER#'.length) },
    {
      credentials: { read: async () => record },
      decryption: createPasswordDecryption(() => clients.kms, description.kmsKeyArn),
      table,
    },
  );
  return password.reveal();
}
