import { describeCredentialTable } from './support/contracts/credential-table.ts';
import { describeMailStores } from './support/contracts/mail-stores.ts';
import { FakeCloud } from './support/fake-cloud.ts';
import { createFakeMailStores } from './support/fake-mail-stores.ts';

/** Whether a call writes, by the beginning of its name. */
const isWrite = (call: string) => /^(UpdateItem|PutItem|DeleteItem)/.test(call);

describeCredentialTable("the doubles' table of credentials", () => {
  const cloud = new FakeCloud();
  cloud.itemLimit = 400_000;
  return {
    table: cloud.credentials,
    put: (username, item) => Promise.resolve(cloud.put(username, item)),
    loseNextAnswer: (client) => {
      cloud.fate = (call) => {
        if (!isWrite(call)) return 'works';
        cloud.fate = () => 'works';
        return client === 'repeats' ? 'repeated' : 'answer lost';
      };
    },
    beforeNextWrite: (work) => {
      cloud.turn = async (call) => {
        if (!isWrite(call)) return;
        cloud.turn = () => Promise.resolve();
        await work();
      };
    },
  };
});

describeMailStores("the doubles' stores of sent mail", (nowMs) => {
  const clock = { nowMs };
  return { ...createFakeMailStores(() => clock.nowMs), clock };
});
