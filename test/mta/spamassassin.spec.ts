// Real SpamAssassin with the shipped rules, on a message as a mail server hands it over.
import { unpackPackage } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIL_CASES, MailEdges, shippedFile, TAGGED } from './mail-cases.js';

/** Perl and its modules are started for each message, on a busy machine. */
const RUN_MS = 15_000;

let edges: MailEdges;
let folder: string;
let command: readonly string[];

beforeAll(async () => {
  const { root } = await unpackPackage('spamassassin');
  const compiled = join(root, 'usr', 'lib', 'x86_64-linux-gnu', 'perl5');
  const versions = await readdir(compiled);
  edges = await MailEdges.start();
  folder = await mkdtemp(join(tmpdir(), 'sekisho-spamassassin-'));
  for (const name of ['rules', 'site']) await mkdir(join(folder, name));
  const plugins = ['Check', 'DNSEval'].map((name) => `loadplugin Mail::SpamAssassin::Plugin::${name}\n`);
  await writeFile(join(folder, 'site', 'init.pre'), plugins.join(''));
  await writeFile(
    join(folder, 'rules', 'local.cf'),
    `dns_available yes
add_header all Rules _TESTS(,)_
dns_server [${edges.relay.address}]:53
${await shippedFile('spamassassin/sekisho.cf')}`,
  );
  command = [
    // It runs in taint mode, where PERL5LIB is not heard.
    ...['-T', `-I${join(root, 'usr', 'share', 'perl5')}`],
    ...versions.map((version) => `-I${join(compiled, version)}`),
    ...[join(root, 'usr', 'bin', 'spamassassin'), '--test-mode', '--nocreate-prefs', '--prefspath=/dev/null'],
    ...[`--configpath=${join(folder, 'rules')}`, `--siteconfigpath=${join(folder, 'site')}`],
  ];
});

afterAll(async () => {
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('SpamAssassin', () => {
  it.each(MAIL_CASES)('$title', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const startedAt = performance.now();
    const rules = await rulesHitBy(address);
    expect(performance.now() - startedAt).toBeLessThan(RUN_MS);
    expect(rules.includes('SEKISHO_HIGH'), rules.join()).toBe(isRefused);
  });

  it('gives a score between 60 and 89 a rule of its own', async () => {
    edges.become('serving');
    expect(await rulesHitBy(TAGGED)).toEqual(['SEKISHO_MEDIUM']);
  });
});

async function rulesHitBy(address: string): Promise<string[]> {
  const running = promisify(execFile)('perl', command, { timeout: 60_000 });
  running.child.stdin?.end(
    `Received: from client.example (client.example [${address.includes(':') ? 'IPv6:' : ''}${address}])
\tby mx.isp.example (Postfix) with ESMTP id 4ABC for <somebody@isp.example>;
\tMon, 02 Nov 2026 10:00:00 +0000 (UTC)
From: Sender <sender@client.example>
Subject: hello

Good day.
`,
  );
  const { stdout, stderr } = await running;
  const tests = /^X-Spam-Rules: (.*)$/m.exec(stdout)?.[1];
  if (tests === undefined) throw new Error(`SpamAssassin gave no verdict:\n${stdout}\n${stderr}`);
  return tests.split(',').filter((name) => name !== 'none');
}
