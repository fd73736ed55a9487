// The policy daemon as a process, asked as Postfix asks it, on an edge that has its zones from disk.
import { EdgeData } from '@sekisho/testing';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EdgeProcess, eventually } from '../conformance/edge-process.js';
import { PolicydProcess } from './policyd-process.js';

const ZOMBIE_97 = 0x7f006103;
const LISTED = '203.0.113.9';
const policyText = (action: string) =>
  `version: 1\nrules: [{ category: any, list: high, action: ${action} }]\n`;

let folder: string;
let edge: EdgeProcess;
let policyPath: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-policyd-'));
  policyPath = join(folder, 'policy.yaml');
  const dataDir = join(folder, 'edge');
  const store = await EdgeData.create(dataDir);
  const entries = [{ subject: { type: 'ip' as const, value: LISTED }, codes: [ZOMBIE_97] }];
  for (const zone of ['ip', 'high.ip'] as const) await store.write({ zone, serial: 1, entries });
  await store.write({ zone: 'policy', serial: 1, entries: [] });
  edge = await EdgeProcess.start({
    dataDir,
    // Nobody listens there: the hub is away.
    hubUrl: 'http://127.0.0.1:9',
    environment: { SEKISHO_DNS_MAX_AGE: '1', SEKISHO_DNS_HTTP: '127.0.0.1:0' },
  });
});

afterAll(async () => {
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: readonly string[]) =>
  PolicydProcess.start([
    '--listen=127.0.0.1:0',
    `--edge=127.0.0.1:${edge.port}`,
    '--http=127.0.0.1:0',
    ...args,
  ]);

const question = (address: string, more = '') =>
  `request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${address}\n${more}\n`;

/** Sends a text and resolves to so many answers, or to what there was when the connection ended. */
async function exchange(socket: Socket, text: string, answers: number): Promise<string[]> {
  let got = '';
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      got += chunk.toString();
      if (got.split('\n\n').length > answers) resolve();
    });
    socket.once('close', () => {
      resolve();
    });
  });
  socket.write(text);
  await done;
  socket.removeAllListeners('data');
  return got.split('\n\n').slice(0, -1);
}

async function ask(port: number, text: string, answers = 1): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  try {
    return await exchange(socket, text, answers);
  } finally {
    socket.destroy();
  }
}

it('answers pipelined questions in their order, on TCP and on a UNIX socket', async () => {
  await writeFile(policyPath, policyText('reject'));
  const path = join(folder, 'policy.sock');
  await using policyd = await start(`--policy=${policyPath}`, `--listen=unix:${path}`);
  // The second is not known yet when the third is: local answers must wait for it.
  const authenticated = question(LISTED, 'sasl_username=somebody\n');
  const text = `${question(LISTED)}${question('192.0.2.1')}${authenticated}${question(LISTED)}`;
  const wanted: unknown[] = [
    expect.stringMatching(/^action=REJECT 5\.7\.1 Refused, listed as zombie, score 97; id /),
    'action=DUNNO',
    'action=DUNNO',
    expect.stringMatching(/^action=REJECT/),
  ];
  expect(await ask(policyd.port, text, 4)).toEqual(wanted);
  const socket = connect(path);
  expect(await exchange(socket, text, 4)).toEqual(wanted);
  // The connection is kept.
  expect(await exchange(socket, question('192.0.2.2'), 1)).toEqual(['action=DUNNO']);
  socket.destroy();
});

it('answers who closes its half of a connection, as Exim does, and then closes too', async () => {
  await writeFile(policyPath, policyText('reject'));
  await using policyd = await start(`--policy=${policyPath}`);
  const socket = connect({ port: policyd.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(question(LISTED));
  const chunks = await socket.setEncoding('utf8').toArray();
  expect(chunks.join('')).toMatch(/^action=REJECT .*\n\n$/);
  socket.destroy();
});

it("answers Sendmail's socket map on the same port", async () => {
  await writeFile(policyPath, policyText('reject'));
  await using policyd = await start(`--policy=${policyPath}`);
  const socket = connect({ port: policyd.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end('18:sekisho 192.0.2.1/,20:sekisho 203.0.113.9/,');
  const chunks = await socket.setEncoding('utf8').toArray();
  expect(chunks.join('')).toMatch(/^9:NOTFOUND ,\d+:OK REJECT 5\.7\.1 .*,$/);
  socket.destroy();
});

it('closes without an answer on what is not the protocol, after it answered what was', async () => {
  await using policyd = await start();
  expect(await ask(policyd.port, `${question('192.0.2.1')}GET / HTTP/1.1\n\n`, 2)).toEqual(['action=DUNNO']);
  await policyd.logged('closed without an answer');
  expect(await policyd.metric('sekisho_policyd_malformed_total')).toBe(1);
});

it('serves two thousand connections at once', async () => {
  await using policyd = await start();
  const sockets = await Promise.all(
    Array.from({ length: 2_000 }, async () => {
      const socket = connect(policyd.port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    }),
  );
  const answers = await Promise.all(
    sockets.map((socket, i) => exchange(socket, question(`198.18.${i >> 8}.${i & 255}`), 1)),
  );
  expect(new Set(answers.flat())).toEqual(new Set(['action=DUNNO']));
  for (const socket of sockets) socket.destroy();
});

it('takes a changed policy within seconds, and keeps the old one when the new one is broken', async () => {
  await writeFile(policyPath, policyText('reject'));
  await using policyd = await start(`--policy=${policyPath}`);
  await writeFile(policyPath, policyText('reejct'));
  await policyd.logged('stays in force');
  expect(policyd.log).toMatch(/"line":2,"column":\d+,"message":"rules.0.action: not an action/);
  expect(await ask(policyd.port, question(LISTED))).toEqual([expect.stringMatching(/^action=REJECT/)]);
  await writeFile(policyPath, policyText('defer'));
  await policyd.logged('was read again');
  expect(await ask(policyd.port, question(LISTED))).toEqual([
    expect.stringMatching(/^action=DEFER_IF_PERMIT/),
  ]);
});

it('limits what a subscriber sends who logged in, each by its own rate, and logs no name', async () => {
  await writeFile(
    policyPath,
    'version: 1\nsubmission: { rate: { messages: 2, per: 1h }, exempt: [lists] }\nrules: []\n',
  );
  await using policyd = await start(`--policy=${policyPath}`);
  const send = async (name: string, instance: string) => {
    const [answer] = await ask(
      policyd.port,
      question(LISTED, `instance=${instance}\nsasl_username=${name}\n`),
    );
    return answer;
  };
  const over: unknown = expect.stringMatching(
    /^action=DEFER_IF_PERMIT 4\.7\.1 Too many messages from your account; try again in \d+ s; id [0-9a-f]{12}$/,
  );
  expect(await send('alice', 'a1')).toBe('action=DUNNO');
  // Another recipient of the same message.
  expect(await send('alice', 'a1')).toBe('action=DUNNO');
  expect(await send('Alice', 'a2')).toBe('action=DUNNO');
  expect(await send('alice', 'a3')).toEqual(over);
  expect(await send('bob', 'b1')).toBe('action=DUNNO');
  for (let i = 0; i < 4; i++) expect(await send('lists', `l${i}`)).toBe('action=DUNNO');
  await policyd.logged('"because":"submission","limit":"messages"');
  expect(policyd.log).not.toMatch(/alice/i);
  const metric = 'sekisho_policyd_decisions_total{action="submission",shadow="no",over="yes"}';
  expect(await policyd.metric(metric)).toBe(1);
});

it('only writes into the log in shadow mode', async () => {
  await writeFile(policyPath, policyText('reject'));
  await using policyd = await start(`--policy=${policyPath}`, '--shadow');
  expect(await ask(policyd.port, question(LISTED))).toEqual([
    expect.stringMatching(/^action=INFO sekisho shadow id \w+: would be REJECT/),
  ]);
});

it('lets mail flow when the edge says that it is stale', async () => {
  await writeFile(policyPath, policyText('reject'));
  const port = /"http":"127\.0\.0\.1:(\d+)"/.exec(edge.log)?.[1] ?? '';
  const health = `http://127.0.0.1:${port}/health/ready`;
  await eventually(async () => (await fetch(health)).status === 503);
  await using policyd = await start(`--policy=${policyPath}`, `--edge-health=${health}`);
  await policyd.logged('"reason":"stale"');
  expect(await ask(policyd.port, question(LISTED))).toEqual(['action=DUNNO']);
  expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="stale"}')).toBe(1);
});

it('starts and lets mail flow at once when there is no edge', async () => {
  await using policyd = await PolicydProcess.start([
    '--listen=127.0.0.1:0',
    '--edge=127.0.0.1:9',
    '--http=127.0.0.1:0',
  ]);
  const startedAt = performance.now();
  expect(await ask(policyd.port, question(LISTED))).toEqual(['action=DUNNO']);
  // It knows already: nobody waits for the timeout.
  expect(performance.now() - startedAt).toBeLessThan(150);
  await policyd.logged('the edge cannot be used');
});

it('answers within 200 ms altogether when several zones are asked one after the other', async () => {
  // In front of the edge: test entries at once, ip.Z late, high.ip.Z never.
  const relay = createSocket('udp4').bind(0, '127.0.0.1');
  await once(relay, 'listening');
  const upstream = createSocket('udp4');
  const clients = new Map<number, number>();
  upstream.on('message', (answer) => {
    relay.send(answer, clients.get(answer.readUInt16BE(0)) ?? 0, '127.0.0.1');
  });
  relay.on('message', (question, { port }) => {
    clients.set(question.readUInt16BE(0), port);
    const isTestEntry = question.includes('\u{3}127\u{2}ip') || question.includes('\u{3}127\u{4}high');
    if (!isTestEntry && question.includes('\u{4}high')) return;
    setTimeout(
      () => {
        upstream.send(question, edge.port, '127.0.0.1');
      },
      isTestEntry ? 0 : 180,
    );
  });
  try {
    await writeFile(policyPath, policyText('reject'));
    await using policyd = await PolicydProcess.start([
      ...['--listen=127.0.0.1:0', `--edge=127.0.0.1:${relay.address().port}`, '--http=127.0.0.1:0'],
      `--policy=${policyPath}`,
    ]);
    await policyd.logged('passes its self-test');
    const startedAt = performance.now();
    expect(await ask(policyd.port, question(LISTED))).toEqual(['action=DUNNO']);
    // Two times 180 to 200 ms, if each zone had its own.
    expect(performance.now() - startedAt).toBeLessThan(330);
    expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="timeout"}')).toBe(1);
  } finally {
    relay.close();
    upstream.close();
  }
});
