import { beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_ROOT } from './hash.js';
import {
  cosignatureLine,
  encodeCheckpoint,
  encodeVerifierKey,
  NOTE_COSIGNATURE,
  NOTE_ED25519,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signNote,
  verifyNote,
  type NoteKey,
  type Sign,
  type Verify,
} from './note.js';

const { subtle } = globalThis.crypto;
const own = (bytes: Uint8Array) => new Uint8Array(bytes);
const verify: Verify = async (publicKey, message, signature) =>
  subtle.verify(
    'Ed25519',
    await subtle.importKey('raw', own(publicKey), 'Ed25519', true, ['verify']),
    own(signature),
    own(message),
  );

const EXAMPLE = {
  key: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};

let log: NoteKey;
let witness: NoteKey;
let sign: Sign;
beforeAll(async () => {
  const keys = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('publicKey' in keys)) throw new Error('a pair of keys');
  const publicKey = new Uint8Array(await subtle.exportKey('raw', keys.publicKey));
  log = { name: 'hub.example', type: NOTE_ED25519, publicKey };
  witness = { name: 'trustee.example', type: NOTE_COSIGNATURE, publicKey };
  sign = async (message) => new Uint8Array(await subtle.sign('Ed25519', keys.privateKey, own(message)));
});

const checkpoint = encodeCheckpoint({ origin: 'hub.example', size: 0, root: EMPTY_ROOT });

describe('a signed note', () => {
  it('verifies the example of the specification', async () => {
    const key = parseVerifierKey(EXAMPLE.key);
    expect(encodeVerifierKey(key)).toBe(EXAMPLE.key);
    await expect(verifyNote(parseNote(EXAMPLE.note), key, verify)).resolves.toEqual({});
  });

  it('refuses the example with another text', async () => {
    const note = parseNote(EXAMPLE.note.replace('an example', 'no example'));
    await expect(verifyNote(note, parseVerifierKey(EXAMPLE.key), verify)).rejects.toMatchObject({
      code: 'note-unsigned',
    });
  });

  it('carries the signatures of log and witness, and each is verified by its own key', async () => {
    const signed = await signNote(checkpoint, log, sign);
    const note = parseNote(signed + (await cosignatureLine(checkpoint, 1_795_000_000, witness, sign)));
    await expect(verifyNote(note, log, verify)).resolves.toEqual({});
    await expect(verifyNote(note, witness, verify)).resolves.toEqual({ seconds: 1_795_000_000 });
    expect(parseCheckpoint(note.text)).toEqual({ origin: 'hub.example', size: 0, root: EMPTY_ROOT });
  });

  it('takes no signature of the log for one of the witness', async () => {
    const note = parseNote(await signNote(checkpoint, log, sign));
    await expect(verifyNote(note, witness, verify)).rejects.toMatchObject({ code: 'note-unsigned' });
  });

  it('says what is wrong with text that is no note, no key and no checkpoint', () => {
    expect(() => parseNote('text without signatures\n')).toThrow(/empty line/);
    expect(() => parseNote('text\r\n\n— a b\n')).toThrow(/control characters/);
    expect(() => parseVerifierKey(EXAMPLE.key.replace('530d', '530e'))).toThrow(/not a verifier key/);
    expect(() => parseCheckpoint('hub.example\n01\nAAAA\n')).toThrow(/not a checkpoint/);
  });
});
