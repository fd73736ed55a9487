// The trustee's operator at work: backups of the key shares, and the register of a trustee that takes nobody's word.
import { canonicalise } from '@sekisho/identifier';
import { KeyMismatch, OprfClient, rotateKeys, MemberDirectory, TrusteeFailed } from '@sekisho/client';
import { createTestDatabase, Federation, type FederationMember, type TestDatabase } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const CLI = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');
const EPOCH = new Date().toISOString().slice(0, 7);
const identifier = canonicalise({ type: 'phone', number: '090-1111-2222' })[0];

let database: TestDatabase;
let federation: Federation;
let member: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    ...{ processes: ['hub', 'trustee'], env: { SEKISHO_TRUSTEE_MEMBERS: 'pinned' } },
  });
  member = await federation.member('isp-a');
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** The command's exit status and what it wrote. */
async function sekisho(...args: string[]): Promise<{ status: number; text: string }> {
  const env = { PATH: process.env['PATH'] ?? '', SEKISHO_HUB_URL: federation.hubUrl, ...federation.env };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { env });
    return { status: 0, text: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { status: code, text: stderr };
  }
}

/** As a fresh process of the member, with the keys that it pinned. */
const tags = async () => {
  const enrolled = await new MemberDirectory(member.directory).open();
  return (await OprfClient.open(enrolled, member.directory)).seal([identifier], EPOCH, 'check');
};

/** The trustee looks at its register at most once a second. */
const soon = (ask: () => Promise<unknown>) =>
  expect.poll(() => ask().then(Boolean, () => false), { timeout: 15_000 });

describe('a pinned trustee', () => {
  it('evaluates for nobody whom its operator did not accept, whatever the hub publishes', async () => {
    await expect(tags()).rejects.toBeInstanceOf(TrusteeFailed);
    expect((await sekisho('trustee', 'member', 'list')).text).not.toContain('isp-a');
  });

  it('takes a key from the hub only under the thumbprint that the member told', async () => {
    const { kid } = member.enrolled.signing;
    const wrong = await sekisho('trustee', 'member', 'add', 'isp-a', '--kid', 'x'.repeat(43));
    expect(wrong).toMatchObject({ status: 1 });
    const other = await sekisho('trustee', 'member', 'add', 'isp-b', '--kid', kid);
    expect(other).toMatchObject({ status: 1 });
    expect(await sekisho('trustee', 'member', 'add', 'isp-a', '--kid', kid)).toMatchObject({ status: 0 });
    await soon(tags).toBe(true);
  });

  it("follows a member's rotation by the old key's word, and refuses a stranger's", async () => {
    const { isTrusteeTold, signingKid } = await rotateKeys(member.directory);
    expect(isTrusteeTold).toBe(true);
    await soon(tags).toBe(true);
    expect((await sekisho('trustee', 'member', 'list')).text).toContain(signingKid);
    const stranger = await federation.member('isp-z');
    expect((await rotateKeys(stranger.directory)).isTrusteeTold).toBe(false);
    expect((await sekisho('trustee', 'member', 'list')).text).not.toContain('isp-z');
  });

  it('refuses the replaced key when its operator removed it', async () => {
    const old = member.enrolled.signing.kid;
    expect(await sekisho('trustee', 'member', 'remove', 'isp-a', '--kid', old)).toMatchObject({ status: 0 });
    expect((await sekisho('trustee', 'member', 'list')).text).not.toContain(old);
    await soon(tags).toBe(true);
    expect(await sekisho('trustee', 'member', 'remove', 'isp-a', '--kid', old)).toMatchObject({ status: 1 });
  });
});

it('the audit of a trustee is kept for 365 days', async () => {
  const audit = join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'trustee', 'audit');
  const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const [over, kept] = [`${dayAgo(367)}.jsonl`, `${dayAgo(364)}.jsonl`];
  await federation.stop('trustee');
  for (const name of [over, kept, 'note.txt']) await writeFile(join(audit, name), '');
  await federation.run('trustee');
  await soon(tags).toBe(true);
  const names = await readdir(audit);
  expect(names).toEqual(expect.arrayContaining([kept, 'note.txt', `${dayAgo(0)}.jsonl`]));
  expect(names).not.toContain(over);
});

describe('key shares that are lost', () => {
  const files = () => join(federation.directory, 'operator');
  const sharesOf = (party: 'hub' | 'trustee') => {
    const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
    return party === 'hub' ? join(dataDir, 'keys', 'oprf') : join(dataDir, 'trustee', 'shares');
  };
  const restart = async (meanwhile: () => Promise<void>) => {
    await Promise.all([federation.stop('hub'), federation.stop('trustee')]);
    await meanwhile();
    await Promise.all([federation.run('hub'), federation.run('trustee')]);
  };

  it('come back from their backups, and the tokens are the same', async () => {
    await mkdir(files(), { recursive: true });
    const at = (name: string) => join(files(), name);
    const before = await tags();
    await writeFile(at('passphrase'), 'correct horse battery staple\n');
    await writeFile(at('short'), 'short\n');
    const hub = ['admin', 'oprf'];
    expect(await sekisho(...hub, 'backup', at('hub.jwe'), '--passphrase-file', at('short'))).toMatchObject({
      status: 1,
    });
    for (const args of [
      [...hub, 'backup', at('hub.jwe'), '--passphrase-file', at('passphrase')],
      ['trustee', 'backup-key', at('backup.jwk')],
      ['trustee', 'backup', at('trustee.jwe'), '--to', at('backup.jwk.pub')],
    ]) {
      expect(await sekisho(...args)).toMatchObject({ status: 0 });
    }
    await restart(async () => {
      await Promise.all([sharesOf('hub'), sharesOf('trustee')].map((dir) => rm(dir, { recursive: true })));
    });
    // Both made new shares: the member that pinned the old ones sees it before it asks anything.
    await expect(tags()).rejects.toBeInstanceOf(KeyMismatch);
    const restoreHub = [...hub, 'restore', at('hub.jwe'), '--passphrase-file', at('passphrase')];
    const restoreTrustee = ['trustee', 'restore', at('trustee.jwe'), '--key', at('backup.jwk')];
    await restart(async () => {
      const unasked = await sekisho(...restoreHub);
      expect(unasked).toMatchObject({ status: 1 });
      expect(unasked.text).toContain('not replaced unasked');
      expect(await sekisho(...restoreHub, '--replace')).toMatchObject({ status: 0 });
      // Its directory is gone with the sealing key, and nothing new was made.
      await rm(sharesOf('trustee'), { recursive: true });
      expect(await sekisho(...restoreTrustee)).toMatchObject({ status: 0 });
    });
    expect(await tags()).toEqual(before);
  });

  it('are not restored at the other party, nor with another secret, and the backup shows none', async () => {
    const at = (name: string) => join(files(), name);
    const crossed = await sekisho('trustee', 'restore', at('hub.jwe'), '--passphrase-file', at('passphrase'));
    expect(crossed.status).toBe(1);
    expect(crossed.text).toContain('both halves in one place');
    await writeFile(at('wrong'), 'incorrect horse battery staple\n');
    const wrong = await sekisho('admin', 'oprf', 'restore', at('hub.jwe'), '--passphrase-file', at('wrong'));
    expect(wrong.text).toContain('another passphrase');
    expect((await readFile(at('hub.jwe'), 'utf8')).split('.')).toHaveLength(5);
    const again = [
      'admin',
      'oprf',
      'restore',
      at('hub.jwe'),
      '--passphrase-file',
      at('passphrase'),
      '--json',
    ];
    expect(JSON.parse((await sekisho(...again)).text)).toMatchObject({ restored: [], over: [] });
  });
});
