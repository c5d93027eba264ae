import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeMessageBox, type FakeMessageBox } from '../../test/support/fake-message-box.ts';
import { dropMessage } from './drop-message.ts';
import { listMessages } from './list-messages.ts';
import { type RedriveMessageDeps, redriveMessage } from './redrive-message.ts';
import { showMessage } from './show-message.ts';

const bodyOf = (username: string) =>
  JSON.stringify({
    originalEvent: { dynamodb: { Keys: { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } } } },
    errorType: 'ThrottlingException',
    errorMessage: 'Too fast.',
  });
const storedAttributes = {
  sourceForm: 'dead-letter',
  lastTriedAt: '2026-01-02T00:00:00.000Z',
  errorType: 'IamUserLeftOver',
  originalAttributes: '{"team":"mail"}',
};

let parked: FakeMessageBox;
let deadLetters: FakeMessageBox;
let deps: RedriveMessageDeps;
beforeEach(() => {
  parked = createFakeMessageBox([
    ...Array.from({ length: 25 }, (_, index) => ({ messageId: `m${index}`, body: bodyOf(`user${index}`) })),
    { messageId: 'stored', body: bodyOf('jane'), attributes: storedAttributes },
    { messageId: 'foreign', body: 'hello' },
  ]);
  deadLetters = createFakeMessageBox();
  deps = {
    boxes: { 'parked-messages': parked, 'dead-letters': deadLetters },
    targets: {
      deadLetters,
      verifications: createFakeMessageBox(),
      sendingEvents: createFakeMessageBox(),
      feedback: createFakeMessageBox(),
    },
    own: {
      table: 'mail',
      functionNames: [],
      reconcilingFunctionNames: [],
      queueArns: { deadLetters: 'a', verifications: 'b', sendingEvents: 'c', feedback: 'd' },
    },
  };
});

const idOf = (messageId: string) => ({ box: 'parked-messages', messageId }) as const;

describe('listMessages', () => {
  it('lists all, oldest first, and releases them', async () => {
    const list = await listMessages({ box: 'parked-messages' }, deps);
    expect(list.isCut).toBe(false);
    expect(list.messages).toHaveLength(27);
    expect(list.messages[3]).toMatchObject({ messageId: 'm3', form: 'dead-letter', username: 'user3' });
    expect(list.messages.at(-1)).toMatchObject({ messageId: 'foreign', form: 'foreign' });
    expect(parked.visible()).toHaveLength(27);
    expect(await listMessages({ box: 'dead-letters' }, deps)).toEqual({ messages: [], isCut: false });
  });

  it('stops when it has enough, and says so', async () => {
    const list = await listMessages({ box: 'parked-messages', limit: 15 }, deps);
    expect(list.isCut).toBe(true);
    expect(list.messages).toHaveLength(15);
    expect(parked.visible()).toHaveLength(27);
  });

  it('succeeds although a message cannot be released, which becomes visible later', async () => {
    parked.broken.release = true;
    expect((await listMessages({ box: 'parked-messages' }, deps)).messages).toHaveLength(27);
  });
});

describe('showMessage', () => {
  it('shows body and attributes, and keeps the message', async () => {
    expect(await showMessage(idOf('stored'), deps)).toMatchObject({
      username: 'jane',
      errorType: 'IamUserLeftOver',
      body: bodyOf('jane'),
      attributes: storedAttributes,
    });
    expect(parked.visible()).toHaveLength(27);
  });

  it('does not find a hidden message', async () => {
    await expect(showMessage(idOf('gone'), deps)).rejects.toMatchObject({ code: 'MessageNotFound', kind: 'permanent' });
    expect(parked.visible()).toHaveLength(27);
  });
});

describe('redriveMessage', () => {
  it('sends the message as it was before it was parked, and then deletes it', async () => {
    expect(await redriveMessage(idOf('stored'), deps)).toMatchObject({
      redriveTarget: 'deadLetters',
      username: 'jane',
    });
    expect(deadLetters.sent).toEqual([{ body: bodyOf('jane'), attributes: { team: 'mail' } }]);
    expect(parked.visible()).toHaveLength(26);
    expect(parked.visible()).not.toContain('stored');
  });

  it('keeps the message if it cannot be sent', async () => {
    deadLetters.broken.send = true;
    await expect(redriveMessage(idOf('stored'), deps)).rejects.toThrow('send is broken');
    expect(parked.visible()).toContain('stored');
  });

  it('keeps the message in both queues if it cannot be deleted', async () => {
    parked.broken.delete = true;
    await expect(redriveMessage(idOf('stored'), deps)).rejects.toThrow('delete is broken');
    expect(deadLetters.sent).toHaveLength(1);
    expect(parked.visible()).toContain('stored');
  });

  it('refuses foreign messages, and says what to do', async () => {
    await expect(redriveMessage(idOf('foreign'), deps)).rejects.toMatchObject({
      code: 'MessageNotRedrivable',
      kind: 'permanent',
      message: expect.stringContaining("isn't one of Sesame's"),
    });
    expect(parked.visible()).toContain('foreign');
  });
});

describe('dropMessage', () => {
  it('deletes one message, and returns its description', async () => {
    expect(await dropMessage(idOf('m7'), deps)).toMatchObject({ username: 'user7' });
    expect(parked.visible()).toHaveLength(26);
    expect(deadLetters.sent).toEqual([]);
  });

  it('deletes a foreign message only on request', async () => {
    await expect(dropMessage(idOf('foreign'), deps)).rejects.toMatchObject({ code: 'ForeignMessage' });
    expect(parked.visible()).toContain('foreign');
    await dropMessage({ ...idOf('foreign'), isForeignToo: true }, deps);
    expect(parked.visible()).not.toContain('foreign');
  });
});
