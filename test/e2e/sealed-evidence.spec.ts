// Evidence from the reporter's command line to the owner's, and what the hub makes of evidence that could reach nobody.
import { MemberDirectory, rotateKeys } from '@sekisho/client';
import { sealEvidence } from '@sekisho/sealed';
import { readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import pg from 'pg';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CliContext } from '../../apps/cli/src/context.js';
import { run } from '../../apps/cli/src/program.js';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let reporter: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub'] });
  owner = await federation.member('isp-owner', { networks: ['198.18.0.0/16'] });
  reporter = await federation.member('isp-reporter');
  await federation.member('isp-other', { networks: ['198.19.0.0/16'] });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const folderOf = (member: string) => join(federation.directory, member);

async function sekisho(...words: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const context: CliContext = {
    stdin: (async function* () {
      // Nothing was typed.
    })(),
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: {},
    now: () => Date.now(),
    timeZone: 'UTC',
    openOperatorDatabase: () => Promise.reject(new Error('not for members')),
  };
  return { status: await run(words, context), ...written };
}

async function everythingInTheDatabase(): Promise<string> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`,
  );
  let text = '';
  for (const { name } of tables.rows)
    text += JSON.stringify((await client.query(`SELECT * FROM ${name}`)).rows);
  await client.end();
  return text;
}

const evidenceOf = async (...words: string[]) => {
  const { stdout } = await sekisho('evidence', '--json', '--dir', folderOf('isp-owner'), ...words);
  return JSON.parse(stdout) as { subject: string; evidence?: unknown; fault?: string }[];
};

describe('sealed evidence', () => {
  it('goes from the command line of the reporter to that of the owner, and the hub cannot read it', async () => {
    const message = join(federation.directory, 'message.eml');
    await writeFile(
      message,
      'Received: from pc.marked-host.example\r\n\tfor <anna@recipient.example>; now\r\nTo: anna@recipient.example\r\n\r\nsecret body',
    );
    const words = ['report', 'ip', '198.18.0.7', '--category', 'zombie', '--evidence', 'trap'];
    const sent = await sekisho(...words, '--sealed-file', message, '--dir', folderOf('isp-reporter'));
    expect(sent).toMatchObject({ status: 0, stderr: '' });
    expect(await everythingInTheDatabase()).not.toMatch(/marked-host|recipient\.example|secret body/);

    const [kept, ...none] = await evidenceOf('--keep');
    expect(none).toEqual([]);
    expect(kept).toMatchObject({
      subject: '198.18.0.7',
      evidence: { version: 1, headers: expect.stringContaining('pc.marked-host.example') as unknown },
    });
    expect(JSON.stringify(kept)).not.toMatch(/anna|secret body|isp-reporter/);
    expect(await evidenceOf()).toEqual([kept]);
    expect(await evidenceOf()).toEqual([]);
    expect((await sekisho('evidence', '--dir', folderOf('isp-owner'))).stdout).toBe(
      'no evidence is waiting\n',
    );
  });

  it('is not given to another owner', async () => {
    const session = await reporter.session();
    const key = await session.ownerKey(readSubject('198.18.0.8'));
    if (!key) throw new Error('the owner has a key');
    expect(Object.keys(key).sort()).toEqual(['jwk', 'kid']);
    const at = new Date().toISOString();
    const sealed = await sealEvidence({ version: 1, seen: [{ at }] }, key);
    expect(await reporter.submit(reportOf('198.18.0.8', { sealed }))).toMatchObject({ accepted: 1 });
    for (const member of ['isp-other', 'isp-reporter']) {
      expect(await sekisho('evidence', '--dir', folderOf(member))).toMatchObject({ stdout: /no evidence/ });
    }
    expect(await evidenceOf()).toHaveLength(1);
  });

  it('sealed before the owner changed its keys is still opened', async () => {
    const session = await reporter.session();
    const old = await session.ownerKey(readSubject('198.18.0.9'));
    if (!old) throw new Error('the owner has a key');
    await rotateKeys(folderOf('isp-owner'));
    const at = new Date().toISOString();
    const sealed = await sealEvidence({ version: 1, seen: [{ at, sourcePort: 51_234 }] }, old);
    await reporter.submit(reportOf('198.18.0.9', { sealed }));
    const fresh = await session.ownerKey(readSubject('198.18.0.9'));
    expect(fresh?.kid).not.toBe(old.kid);
    expect(await new MemberDirectory(folderOf('isp-owner')).openingKeys()).toHaveLength(2);
    expect(await evidenceOf()).toMatchObject([{ evidence: { seen: [{ at, sourcePort: 51_234 }] } }]);
  });

  it('that could reach nobody is refused with its report, and the rest of the envelope is stored', async () => {
    const at = new Date().toISOString();
    const { publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519' });
    const jwk = await exportJWK(publicKey);
    const stranger = { kid: await calculateJwkThumbprint(jwk), jwk };
    const sealed = await sealEvidence({ version: 1, seen: [{ at }] }, stranger);
    const receipt = await reporter.submit(
      reportOf('203.0.113.9', { sealed }),
      reportOf('198.18.0.10', { sealed }),
      reportOf('198.18.0.10', { sealed: 'e30.a.b.c.d' }),
      reportOf('198.18.0.10'),
    );
    expect(receipt.accepted).toBe(1);
    expect(receipt.rejected.map(({ index, code }) => [index, code])).toEqual([
      [0, 'sealed-without-owner'],
      [1, 'sealed-not-for-owner'],
      [2, 'report-malformed'],
    ]);
    const words = ['report', 'ip', '203.0.113.9', '--category', 'zombie', '--evidence', 'trap'];
    const message = join(federation.directory, 'message.eml');
    const refused = await sekisho(...words, '--sealed-file', message, '--dir', folderOf('isp-reporter'));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/no member of the federation owns 203\.0\.113\.9/);
  });

  it('of one reporter cannot fill the inbox of an owner beyond its allowance, nor stop others', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `INSERT INTO sealed_evidence (owner, reporter, receipt_id, item, subject, sealed, received_at)
       SELECT 'isp-owner', 'isp-reporter', gen_random_uuid(), i, '198.18.0.1', 'x', now() FROM generate_series(1, 999) i`,
    );
    const key = await (await reporter.session()).ownerKey(readSubject('198.18.0.11'));
    if (!key) throw new Error('the owner has a key');
    const sealed = await sealEvidence({ version: 1, seen: [{ at: new Date().toISOString() }] }, key);
    const receipt = await reporter.submit(
      reportOf('198.18.0.11', { sealed }),
      reportOf('198.18.0.12', { sealed }),
    );
    expect(receipt).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'sealed-inbox-full' }] });
    expect(await owner.submit(reportOf('198.18.0.13', { sealed }))).toMatchObject({
      accepted: 1,
      rejected: [],
    });
    await client.query(`DELETE FROM sealed_evidence WHERE sealed = 'x'`);
    await client.end();
  });
});
