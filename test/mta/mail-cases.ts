// What every mail server has to do with its shipped configuration: one set of cases for all of them.
import { readFile } from 'node:fs/promises';
import { EdgeFixture } from '../conformance/edge-fixture.js';
import { eventually } from '../conformance/edge-process.js';
import { dig } from '../conformance/dig.js';
import { DnsRelay } from '../integration/dns-relay.js';

type EdgeState = 'serving' | 'denying' | 'silent';

export interface MailCase {
  readonly title: string;
  readonly address: string;
  readonly edge: EdgeState;
  readonly isRefused: boolean;
}

/** A listing of score 95, one of score 60, an error code, and nobody there. */
export const MAIL_CASES: readonly MailCase[] = [
  { title: 'refuses a listed IPv4 address', address: '203.0.113.9', edge: 'serving', isRefused: true },
  { title: 'refuses a listed IPv6 address', address: '2001:db8::9', edge: 'serving', isRefused: true },
  {
    title: 'refuses an address that is listed twice, once of them strongly',
    ...{ address: '203.0.113.11', edge: 'serving', isRefused: true },
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
    ...{ address: '203.0.113.10', edge: 'serving', isRefused: false },
  },
  {
    title: 'takes an error code for no listing',
    ...{ address: '203.0.113.9', edge: 'denying', isRefused: false },
  },
  {
    title: 'lets mail flow when the edge is away',
    ...{ address: '203.0.113.9', edge: 'silent', isRefused: false },
  },
];

/** What a message may be held up by an edge that is away, with the shipped time-outs on a busy machine. */
export const HELD_UP_MS = 6_000;

/** An edge with those listings, one that answers everybody with an error code, and a resolver's address that leads to either. */
export class MailEdges implements AsyncDisposable {
  private readonly fixture: EdgeFixture;
  private readonly ports: Record<EdgeState, number | undefined>;

  private constructor(
    fixture: EdgeFixture,
    readonly relay: DnsRelay,
    serving: number,
    denying: number,
  ) {
    this.fixture = fixture;
    this.ports = { serving, denying, silent: undefined };
  }

  static async start(): Promise<MailEdges> {
    const fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', {
      '203.0.113.9': ['127.0.95.3'],
      '203.0.113.10': ['127.0.60.3'],
      '203.0.113.11': ['127.0.40.2', '127.0.96.3'],
      '2001:db8::9': ['127.0.95.3'],
    });
    const serving = await fixture.startLoaded();
    const denying = await fixture.start({ SEKISHO_DNS_ACCESS: 'key' });
    const name = '9.113.0.203.ip.z.example';
    await eventually(async () =>
      JSON.stringify(await dig(denying.port, name, 'A')).includes('127.255.255.254'),
    );
    return new MailEdges(fixture, await DnsRelay.open(), serving.port, denying.port);
  }

  /** From now on the resolver's address leads to this edge, or to none. */
  become(state: EdgeState): void {
    this.relay.pointTo(this.ports[state]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay[Symbol.asyncDispose]();
    await this.fixture[Symbol.asyncDispose]();
  }
}

/** A file of integrations/, with the zone of the tests in it. */
export async function shippedFile(path: string): Promise<string> {
  const text = await readFile(new URL(`../../integrations/${path}`, import.meta.url), 'utf8');
  return text.replaceAll('rep.example.net', 'z.example');
}
