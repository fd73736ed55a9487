import { describe, expect, it } from 'vitest';
import {
  makeCaseSecrets,
  openCaseMessage,
  publishedCaseKey,
  sealCaseMessage,
  verifyCaseKey,
} from './case-channel.js';

const CASE = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';
const token = (n: number) => new Uint8Array(64).fill(n);
const said = { id: 'm-1', text: 'the same card too?', at: '2026-11-24T10:00:00Z' };

describe('the two sides of a case', () => {
  // One of the asker's phones is one of the reporter's; neither knows which.
  const asker = makeCaseSecrets(CASE, 'asker', [token(1), token(2)]);
  const reporter = makeCaseSecrets(CASE, 'reporter', [token(2), token(3)]);
  const keys = {
    asker: verifyCaseKey(reporter, publishedCaseKey(asker)),
    reporter: verifyCaseKey(asker, publishedCaseKey(reporter)),
  };

  it('read what either wrote, and nothing of it shows', async () => {
    const sealed = await sealCaseMessage(asker, keys.reporter, said);
    expect(await openCaseMessage(reporter, keys.asker, { id: 'm-1', isOwn: false, sealed })).toEqual({
      ...{ text: said.text, at: said.at },
    });
    expect(await openCaseMessage(asker, keys.reporter, { id: 'm-1', isOwn: true, sealed })).toMatchObject({
      text: said.text,
    });
    const short = await sealCaseMessage(asker, keys.reporter, { ...said, text: 'no' });
    expect(short).toHaveLength(sealed.length);
  });

  it('refuse a key of somebody who does not know what matched, of their own side, and of another case', () => {
    const hub = makeCaseSecrets(CASE, 'reporter', [token(9)]);
    const mirrored = makeCaseSecrets(CASE, 'asker', [token(2)]);
    const elsewhere = makeCaseSecrets('0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d45', 'reporter', [token(2)]);
    for (const forged of [hub, mirrored, elsewhere]) {
      expect(() => verifyCaseKey(asker, publishedCaseKey(forged))).toThrow(
        expect.objectContaining({ code: 'case-key-forged' }),
      );
    }
    // The hub puts a key of its own under the codes of the true one.
    const swapped = JSON.stringify({ ...JSON.parse(publishedCaseKey(reporter)), x: hub.x });
    expect(() => verifyCaseKey(asker, swapped)).toThrow(expect.objectContaining({ code: 'case-key-forged' }));
  });

  it('refuse a message that comes again, comes back, or was changed', async () => {
    const sealed = await sealCaseMessage(asker, keys.reporter, said);
    const open = (id: string, isOwn: boolean, text: string) =>
      openCaseMessage(reporter, keys.asker, { id, isOwn, sealed: text });
    await expect(open('m-2', false, sealed)).rejects.toMatchObject({ code: 'message-forged' });
    await expect(open('m-1', true, sealed)).rejects.toMatchObject({ code: 'message-forged' });
    const at = sealed.length - 40;
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    await expect(open('m-1', false, changed)).rejects.toMatchObject({ code: 'message-forged' });
  });
});
