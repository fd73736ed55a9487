// Real unbound and BIND with the shipped lines between a real Postfix and the edge, both with protection against DNS rebinding.
import { freePort, requireProgram, unpackPackage } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig } from '../conformance/dig.js';
import { eventually } from '../conformance/edge-process.js';
import { DnsRelay } from '../integration/dns-relay.js';
import { PostfixServer } from '../integration/postfix-server.js';
import { offerMail } from '../integration/smtp-delivery.js';
import { HELD_UP_MS, MAIL_CASES, MailEdges, shippedFile, type MailCase } from './mail-cases.js';

/** What was asked before is in the cache, so that these are of addresses that were not. */
const CASES: readonly MailCase[] = [
  ...MAIL_CASES.filter(({ edge }) => edge === 'serving'),
  {
    title: 'takes an error code for no listing',
    ...{ address: '203.0.113.12', edge: 'denying', isRefused: false },
  },
  {
    title: 'lets mail flow when the edge is away',
    ...{ address: '203.0.113.13', edge: 'silent', isRefused: false },
  },
];
const LISTED = '9.113.0.203.ip.z.example';
const UNLISTED = '78.2.0.192.ip.z.example';
/** What an edge gives to an answer, and to its absence. */
const TTL_SECONDS = 60;

interface Resolver extends AsyncDisposable {
  /** Answers on port 53 of it, and on a port of 127.0.0.1. */
  readonly address: string;
  readonly port: number;
}

type Start = (folder: string, edge: string, isExcepted: boolean) => Promise<Resolver>;

const RESOLVERS: readonly { name: string; start: Start }[] = [
  { name: 'unbound', start: startUnbound },
  { name: 'BIND', start: startBind },
];

describe.each(RESOLVERS)('$name between mail server and edge', ({ start }) => {
  let edges: MailEdges;
  let folder: string;
  let resolver: Resolver;
  let postfix: PostfixServer;

  beforeAll(async () => {
    edges = await MailEdges.start();
    folder = await mkdtemp(join(tmpdir(), 'sekisho-resolver-'));
    resolver = await start(folder, edges.relay.address, true);
    postfix = await PostfixServer.start({
      main: await shippedFile('postfix/reject-rbl.cf'),
      nameserver: resolver.address,
    });
  });

  afterAll(async () => {
    await postfix[Symbol.asyncDispose]();
    await resolver[Symbol.asyncDispose]();
    await edges[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(CASES)('$title', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const outcome = await offerMail(postfix.port, address);
    expect(outcome, outcome.text).toMatchObject(
      isRefused ? { at: 'RCPT', code: 554 } : { at: 'DATA', code: 250 },
    );
    expect(outcome.ms).toBeLessThan(HELD_UP_MS);
  });

  it('keeps what it was told for a minute at most, also while the edge is away', async () => {
    edges.become('serving');
    const ttlOf = async (name: string) => {
      const { answer, authority } = await dig(resolver.port, name, 'A');
      return Number([...answer, ...authority][0]?.split(' ')[1]);
    };
    await eventually(async () => (await ttlOf(LISTED)) > 0 && (await ttlOf(UNLISTED)) > 0);
    edges.become('silent');
    for (const name of [LISTED, UNLISTED]) {
      const ttl = await ttlOf(name);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(TTL_SECONDS);
    }
  });

  it('hides listings when the zone is not excepted from its protection against rebinding', async () => {
    edges.become('serving');
    await using other = await start(folder, edges.relay.address, false);
    const { status, answer } = await dig(other.port, LISTED, 'A');
    expect({ status, answer }).not.toMatchObject({ status: 'NXDOMAIN' });
    expect(answer).toEqual([]);
    // What is not listed looks as it does with every list: nothing tells that something is wrong.
    expect(await dig(other.port, UNLISTED, 'A')).toMatchObject({ status: 'NXDOMAIN' });
  });
});

const loopback = () => `127.${randomInt(64, 250)}.${randomInt(250)}.${randomInt(1, 250)}`;

async function startUnbound(folder: string, edge: string, isExcepted: boolean): Promise<Resolver> {
  const { wrappers } = await unpackPackage('unbound');
  const [address, port] = [loopback(), await freePort()];
  const shipped = (await shippedFile('unbound/sekisho.conf')).replace('127.0.0.1@5353', `${edge}@53`);
  const own = `server:
    interface: ${address}@53
    interface: 127.0.0.1@${port}
    access-control: 127.0.0.0/8 allow
    chroot: ""
    directory: "${folder}"
    pidfile: ""
    username: ""
    use-syslog: no
    module-config: "iterator"
    private-address: 127.0.0.0/8
`;
  const configuration = join(folder, `unbound-${port}.conf`);
  await writeFile(configuration, own + (isExcepted ? shipped : shipped.replace(/^ *private-domain.*$/m, '')));
  return run(join(wrappers, 'unbound'), ['-d', '-c', configuration], { address, port });
}

async function startBind(folder: string, edge: string, isExcepted: boolean): Promise<Resolver> {
  await requireProgram('named', 'bind9');
  const port = await freePort();
  const zone = (await shippedFile('bind/named.conf.sekisho')).replace(
    '127.0.0.1 port 5353',
    `${edge} port 53`,
  );
  const shipped = (await shippedFile('bind/named.conf.options.sekisho')).replace(
    /^ *\/\/ +(deny-answer-addresses .*except-from.*)$/m,
    isExcepted ? '$1' : 'deny-answer-addresses { 127.0.0.0/8; };',
  );
  const configuration = join(folder, `named-${port}.conf`);
  await writeFile(
    configuration,
    `options { directory "${folder}"; pid-file none; session-keyfile none; listen-on-v6 { none; };
listen-on port ${port} { 127.0.0.1; }; allow-query { 127.0.0.0/8; };
recursion yes; allow-recursion { 127.0.0.0/8; }; dnssec-validation no;
${shipped} };
controls { };
${zone}`,
  );
  // named listens on the addresses of interfaces alone, and 127.64.0.0/10 is on none.
  const relay = await DnsRelay.open();
  relay.pointTo(port);
  const named = await run('named', ['-g', '-c', configuration, '-n', '1'], { address: relay.address, port });
  return {
    ...named,
    async [Symbol.asyncDispose]() {
      await named[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
}

async function run(
  command: string,
  parameters: readonly string[],
  where: { address: string; port: number },
): Promise<Resolver> {
  const child: ChildProcess = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`${command} ended:\n${log}`);
    return Promise.resolve(/start of service|\brunning$/m.test(log));
  });
  return {
    ...where,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
