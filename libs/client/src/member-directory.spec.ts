import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemberDirectory, type Enrolment } from './member-directory.js';
import { generateMemberKeys, type MemberKeys } from './member-keys.js';

let parent: string;
let dir: string;
let directory: MemberDirectory;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'member-'));
  dir = join(parent, 'isp-a');
  directory = new MemberDirectory(dir);
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

const enrolmentWith = (keys: MemberKeys): Enrolment => ({
  version: 1,
  hub: 'https://hub.example',
  hubUrl: 'http://127.0.0.1:8080',
  member: { id: 'isp-a', name: 'ISP A', role: 'member', networks: ['192.0.2.0/24'], asns: [64500] },
  signingKid: keys.signing.kid,
  encryptionKid: keys.encryption.kid,
});

async function enrolled(): Promise<MemberKeys> {
  const keys = await directory.prepareKeys();
  await directory.completeEnrolment(enrolmentWith(keys));
  return keys;
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('a member directory', () => {
  it('is readable by its owner alone, folder and files', async () => {
    await enrolled();
    expect(await modeOf(dir)).toBe('700');
    expect((await readdir(dir)).toSorted()).toEqual(['encryption.jwk', 'member.json', 'signing.jwk']);
    for (const file of await readdir(dir)) expect(await modeOf(join(dir, file))).toBe('600');
  });

  it('gives the same keys again as long as the enrolment is not complete', async () => {
    const first = await directory.prepareKeys();
    expect(await new MemberDirectory(dir).prepareKeys()).toEqual(first);
  });

  it('completes a pair of which only the signing key was written', async () => {
    const first = await directory.prepareKeys();
    await rm(join(dir, 'encryption.jwk'));
    const second = await directory.prepareKeys();
    expect(second.signing).toEqual(first.signing);
    expect(second.encryption.kid).not.toBe(first.encryption.kid);
  });

  it('gives two processes that start at once the same keys', async () => {
    const [one, other] = await Promise.all([directory.prepareKeys(), new MemberDirectory(dir).prepareKeys()]);
    expect(one).toEqual(other);
  });

  it('refuses to enrol over an enrolled member and leaves its files alone', async () => {
    const keys = await enrolled();
    const before = await readFile(join(dir, 'signing.jwk'), 'utf8');
    await expect(directory.prepareKeys()).rejects.toMatchObject({ code: 'member-already-enrolled' });
    await expect(directory.completeEnrolment(enrolmentWith(keys))).rejects.toMatchObject({
      code: 'member-already-enrolled',
    });
    expect(await readFile(join(dir, 'signing.jwk'), 'utf8')).toBe(before);
  });

  it('opens with the enrolment and both keys', async () => {
    const keys = await enrolled();
    const member = await directory.open();
    expect(member).toMatchObject({ id: 'isp-a', hub: 'https://hub.example', networks: ['192.0.2.0/24'] });
    expect(member.signing.kid).toBe(keys.signing.kid);
    expect(member.signing.key.algorithm.name).toBe('Ed25519');
    expect(member.encryption.kid).toBe(keys.encryption.kid);
  });

  it('tells a directory that is not there from one whose enrolment was interrupted', async () => {
    await expect(directory.open()).rejects.toMatchObject({ code: 'member-directory-missing' });
    await directory.prepareKeys();
    await expect(directory.open()).rejects.toMatchObject({ code: 'member-not-enrolled' });
  });

  it.each(['signing.jwk', 'encryption.jwk', 'member.json'])(
    'refuses %s when others can read it, and says how to close it',
    async (file) => {
      await enrolled();
      await chmod(join(dir, file), 0o640);
      await expect(directory.open()).rejects.toMatchObject({
        code: 'member-file-exposed',
        remedy: expect.stringContaining(`chmod 600 ${join(dir, file)}`) as string,
      });
    },
  );

  it('names a file that is not what it should be, without showing its content', async () => {
    await enrolled();
    const path = join(dir, 'signing.jwk');
    const secret = (JSON.parse(await readFile(path, 'utf8')) as { d: string }).d;
    await writeFile(path, `{"d":"${secret}"`);
    const error = await directory.open().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ code: 'member-file-malformed' });
    expect(error?.message).toContain(path);
    expect(error?.message).not.toContain(secret);
  });

  it('refuses a key that is not the one of its kid', async () => {
    const keys = await enrolled();
    const other = await generateMemberKeys();
    await writeFile(join(dir, 'signing.jwk'), JSON.stringify({ ...other.signing, kid: keys.signing.kid }));
    await expect(directory.open()).rejects.toMatchObject({ code: 'member-file-malformed' });
  });

  it('refuses keys of another enrolment', async () => {
    await enrolled();
    const other = await generateMemberKeys();
    await writeFile(join(dir, 'signing.jwk'), JSON.stringify(other.signing));
    await expect(directory.open()).rejects.toMatchObject({ code: 'member-file-malformed' });
  });
});

describe('a change of keys', () => {
  it('keeps the current keys in force until the switch', async () => {
    const current = await enrolled();
    const next = await directory.prepareNextKeys();
    expect((await directory.open()).signing.kid).toBe(current.signing.kid);
    expect(await directory.prepareNextKeys()).toEqual(next);
  });

  it('puts the new keys in force and keeps the old encryption key for evidence under way', async () => {
    const current = await enrolled();
    const next = await directory.prepareNextKeys();
    await directory.switchToNextKeys(next, 'draft');
    const member = await directory.open();
    expect(member.signing.kid).toBe(next.signing.kid);
    expect(member.encryption.kid).toBe(next.encryption.kid);
    expect((await readdir(dir)).toSorted()).toEqual(
      ['encryption.jwk', `encryption.${current.encryption.kid}.jwk`, 'member.json', 'signing.jwk'].toSorted(),
    );
  });

  it.each([[[]], [['encryption']]])(
    'is completed by the next opening after a crash with %j switched',
    async (done) => {
      await enrolled();
      const next = await directory.prepareNextKeys();
      const path = join(dir, 'member.json');
      const written = JSON.parse(await readFile(path, 'utf8')) as Enrolment;
      const kids = { signingKid: next.signing.kid, encryptionKid: next.encryption.kid };
      await writeFile(path, JSON.stringify({ ...written, ...kids }));
      for (const name of done) await rename(join(dir, `${name}.next.jwk`), join(dir, `${name}.jwk`));
      const member = await directory.open();
      expect(member.signing.kid).toBe(next.signing.kid);
      expect(member.encryption.kid).toBe(next.encryption.kid);
      expect(await readdir(dir)).not.toContain('signing.next.jwk');
    },
  );
});
