// What every mail server has to do with its shipped configuration: one set of cases for all of them.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dig } from '../conformance/dig.js';
import { EdgeFixture } from '../conformance/edge-fixture.js';
import { eventually } from '../conformance/edge-process.js';
import { DnsRelay } from '../integration/dns-relay.js';
import { PolicydProcess } from '../integration/policyd-process.js';

export type EdgeState = 'serving' | 'denying' | 'silent';

export interface MailCase {
  readonly title: string;
  readonly address: string;
  readonly edge: EdgeState;
  readonly isRefused: boolean;
}

const BAD = '203.0.113.9';
const BAD_IPV6 = '2001:db8::9';
const MEDIUM = '198.51.100.10';
const TWICE = '203.0.113.11';
/** Listed, and shaped by the policy of the tests: one message an hour. */
export const SHAPED = '198.51.100.80';
/** Listed, and only tagged. */
export const TAGGED = MEDIUM;

/** Listings of 90 and more, one below, an error code, and nobody there. */
export const MAIL_CASES: readonly MailCase[] = [
  { title: 'refuses a listed IPv4 address', address: BAD, edge: 'serving', isRefused: true },
  { title: 'refuses a listed IPv6 address', address: BAD_IPV6, edge: 'serving', isRefused: true },
  {
    title: 'refuses an address that is listed twice, once of them strongly',
    ...{ address: TWICE, edge: 'serving', isRefused: true },
  },
  {
    title: 'accepts an IPv4 address that is not listed',
    ...{ address: '192.0.2.77', edge: 'serving', isRefused: false },
  },
  {
    title: 'accepts an IPv6 address that is not listed',
    ...{ address: '2001:db8:77::1', edge: 'serving', isRefused: false },
  },
  {
    title: 'accepts a score below the threshold',
    ...{ address: MEDIUM, edge: 'serving', isRefused: false },
  },
  {
    title: 'takes an error code for no listing',
    ...{ address: BAD, edge: 'denying', isRefused: false },
  },
  {
    title: 'lets mail flow when the edge is away',
    ...{ address: BAD, edge: 'silent', isRefused: false },
  },
];

/** Every address that a case has, for servers that need it on an interface. */
export const CASE_ADDRESSES: readonly string[] = [
  ...new Set([...MAIL_CASES.map(({ address }) => address), SHAPED]),
];

/** What a message may be held up by an edge that is away, with the shipped time-outs on a busy machine. */
export const HELD_UP_MS = 6_000;

/** For the servers that ask policyd. */
const POLICY = `version: 1
rules:
  - { category: zombie, score: 90..100, action: reject }
  - { category: phishing, action: shaped, rate: { messages: 1, per: 1h } }
  - { category: spam-source, action: tag }
`;

/** An edge with those listings, one that answers everybody with an error code, and a resolver's address that leads to either. */
export class MailEdges implements AsyncDisposable {
  private readonly policyds: PolicydProcess[] = [];
  private strangers = 0;

  private constructor(
    private readonly fixture: EdgeFixture,
    private readonly folder: string,
    readonly relay: DnsRelay,
    private readonly ports: Record<EdgeState, number | undefined>,
  ) {}

  static async start(): Promise<MailEdges> {
    const fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', {
      [BAD]: ['127.0.95.3'],
      [BAD_IPV6]: ['127.0.95.3'],
      [TWICE]: ['127.0.40.2', '127.0.96.3'],
      [MEDIUM]: ['127.0.60.2'],
      [SHAPED]: ['127.0.70.7'],
    });
    fixture.hub.publish('high.ip', { [BAD]: ['127.0.95.3'], [BAD_IPV6]: ['127.0.95.3'] });
    const serving = await fixture.startLoaded();
    const denying = await fixture.start({ SEKISHO_DNS_ACCESS: 'key' });
    const name = '9.113.0.203.ip.z.example';
    await eventually(async () =>
      JSON.stringify(await dig(denying.port, name, 'A')).includes('127.255.255.254'),
    );
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-mail-edges-'));
    const ports = { serving: serving.port, denying: denying.port, silent: undefined };
    const edges = new MailEdges(fixture, folder, await DnsRelay.open(), ports);
    edges.become('serving');
    return edges;
  }

  /** From now on the resolver's address leads to this edge, or to none. */
  become(state: EdgeState): void {
    this.relay.pointTo(this.ports[state]);
  }

  /** The policy daemon behind the relay, on TCP and on a UNIX socket; it ends with the edges. */
  async policyd(): Promise<{ policyd: PolicydProcess; path: string }> {
    const path = join(this.folder, 'policy.sock');
    const policy = join(this.folder, 'policy.yaml');
    await writeFile(policy, POLICY);
    const policyd = await PolicydProcess.start([
      ...['--listen=127.0.0.1:0', `--listen=unix:${path}`, `--edge=${this.relay.address}:53`],
      ...['--http=127.0.0.1:0', `--policy=${policy}`],
    ]);
    this.policyds.push(policyd);
    await policyd.logged('passes its self-test');
    return { policyd, path };
  }

  /** `become`, and resolves when policyd has seen it: only an edge that answers as it should is asked. */
  async becomeFor(policyd: PolicydProcess, state: EdgeState): Promise<void> {
    this.become(state);
    // An edge that is good is looked at each 5 s only, but at once when it does not answer as it should.
    if (state !== 'serving') await askAbout(policyd, this.stranger());
    const usable = state === 'serving' ? 1 : 0;
    await eventually(async () => (await policyd.metric('sekisho_policyd_edge_usable')) === usable);
  }

  /** An address that nobody has asked about. */
  private stranger(): string {
    this.strangers += 1;
    return `198.19.${this.strangers >> 8}.${this.strangers & 255}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const policyd of this.policyds) await policyd[Symbol.asyncDispose]();
    await this.relay[Symbol.asyncDispose]();
    await this.fixture[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when policyd has answered, whatever it says. */
async function askAbout(policyd: PolicydProcess, address: string): Promise<void> {
  const socket = connect(policyd.port, '127.0.0.1');
  try {
    socket.write(`request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${address}\n\n`);
    await once(socket, 'data');
  } finally {
    socket.destroy();
  }
}

/** A file of integrations/, with the zone of the tests in it. */
export async function shippedFile(path: string): Promise<string> {
  const text = await readFile(new URL(`../../integrations/${path}`, import.meta.url), 'utf8');
  return text.replaceAll('rep.example.net', 'z.example');
}
