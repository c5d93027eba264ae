import type { KeyStates } from '../credential/iam/key-states.ts';
import { type CredentialRecord, iamUserNameOfArn } from '../credential/record/record.ts';
import { type Fact, learn } from './sending-fact.ts';

/** The name that somebody gave the record's IAM user, found by its key. Undefined: it has the record's name, or its key is gone. */
export async function findNewName(
  { accessKeyId, iamUserArn }: Pick<CredentialRecord, 'accessKeyId' | 'iamUserArn'>,
  keys: Pick<KeyStates, 'findUserOfKey'>,
): Promise<Fact<string | undefined>> {
  if (accessKeyId === undefined || iamUserArn === undefined) return { value: undefined };
  const name = await learn('iam:GetAccessKeyLastUsed', () => keys.findUserOfKey(accessKeyId));
  return 'value' in name && name.value === iamUserNameOfArn(iamUserArn) ? { value: undefined } : name;
}
