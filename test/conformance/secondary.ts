// Real name servers as secondaries of an edge: NSD, Knot and BIND from Debian, each with files of its own, on loopback.
import { decodeResponse, encodeQuery } from '@sekisho/dns-wire';
import { requireProgram } from '@sekisho/testing';
import { ZONE_NAMES } from '@sekisho/zone';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const KINDS = ['nsd', 'knot', 'bind'] as const;
export type Kind = (typeof KINDS)[number];

export interface SecondaryKey {
  readonly name: string;
  readonly algorithm: string;
  readonly secret: string;
}

const PROGRAMS = {
  nsd: { program: 'nsd', debianPackage: 'nsd' },
  knot: { program: 'knotd', debianPackage: 'knot' },
  bind: { program: 'named', debianPackage: 'bind9' },
} as const;

/** Installs what is missing. */
export async function requireSecondaries(): Promise<void> {
  for (const { program, debianPackage } of Object.values(PROGRAMS)) {
    await requireProgram(program, debianPackage);
  }
  await requireProgram('kdig', 'knot-dnsutils');
  await requireProgram('dig', 'bind9-dnsutils');
}

const ZONES = [...ZONE_NAMES.map((zone) => `${zone}.z.example`), 'z.example'];

export class Secondary {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    readonly kind: Kind,
    private readonly dir: string,
    readonly port: number,
    private readonly edgePort: number,
    readonly key: SecondaryKey,
  ) {}

  get log(): string {
    return this.output;
  }

  async start(): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    const path = join(this.dir, 'secondary.conf');
    await writeFile(path, this[this.kind](), { mode: 0o600 });
    const { program } = PROGRAMS[this.kind];
    const options = { nsd: ['-d', '-c', path], knot: ['-c', path], bind: ['-g', '-c', path] }[this.kind];
    this.child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = `${this.output}${text}`.slice(-20_000);
      });
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  private nsd(): string {
    const { dir, port, edgePort, key } = this;
    return `
server:
  ip-address: 127.0.0.1@${port}
  do-ip6: no
  username: ""
  zonesdir: "${dir}"
  database: ""
  pidfile: "${dir}/nsd.pid"
  xfrdfile: "${dir}/xfrd.state"
  xfrdir: "${dir}"
  zonelistfile: "${dir}/zone.list"
  zonefiles-write: 1
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
key:
  name: ${key.name}
  algorithm: ${key.algorithm}
  secret: "${key.secret}"
${ZONES.map(
  (zone) => `zone:
  name: ${zone}
  zonefile: "${zone}.db"
  request-xfr: 127.0.0.1@${edgePort} ${key.name}
  allow-notify: 127.0.0.1 NOKEY
`,
).join('')}`;
  }

  private knot(): string {
    const { dir, port, edgePort, key } = this;
    return `
server:
  listen: 127.0.0.1@${port}
  rundir: ${dir}
  pidfile: ${dir}/knot.pid
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${dir}
  journal-db-max-size: 64M
  timer-db-max-size: 2M
log:
  - target: stderr
    any: info
key:
  - id: ${key.name}
    algorithm: ${key.algorithm}
    secret: ${key.secret}
remote:
  - id: edge
    address: 127.0.0.1@${edgePort}
    key: ${key.name}
acl:
  - id: notify
    address: 127.0.0.1
    action: notify
template:
  - id: default
    storage: ${dir}
    master: edge
    acl: notify
zone:
${ZONES.map((zone) => `  - domain: ${zone}\n`).join('')}`;
  }

  private bind(): string {
    const { dir, port, edgePort, key } = this;
    return `
options {
  directory "${dir}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file "${dir}/named.pid";
  session-keyfile "${dir}/session.key";
  managed-keys-directory "${dir}";
  recursion no;
  allow-query { any; };
  allow-notify { 127.0.0.1; };
  notify no;
  empty-zones-enable no;
  dnssec-validation no;
  minimal-responses yes;
  serial-query-rate 1000;
};
controls { };
key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };
${ZONES.map(
  (zone) => `zone "${zone}" {
  type secondary; file "${zone}.db"; masterfile-format text;
  primaries { 127.0.0.1 port ${edgePort} key ${key.name}; };
};
`,
).join('')}`;
  }
}

export interface Answered {
  readonly rcode: number;
  /** Contents of A and TXT records, sorted. */
  readonly values: readonly string[];
  /** The serial of a SOA that was asked for. */
  readonly serial: number | undefined;
}

const IN_FLIGHT = 40;

/** Asks for many names at once by UDP; a lost packet is sent again. */
export async function askAll(
  port: number,
  names: readonly string[],
  type: number,
): Promise<Map<string, Answered>> {
  const answers = new Map<string, Answered>();
  const waiting = new Map<number, (message: Uint8Array) => void>();
  const socket = createSocket('udp4');
  socket.on('message', (message) => {
    waiting.get(message.readUInt16BE(0))?.(message);
  });
  let lastId = randomInt(65_536);
  const askOne = async (name: string): Promise<void> => {
    for (let attempt = 0; attempt < 12; attempt++) {
      // A late answer to an earlier question must not be taken for this one's.
      const id = (lastId = (lastId + 1) % 65_536);
      const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
      waiting.set(id, resolve);
      const edns = { version: 0, udpSize: 4_096, isDnssecOk: false, options: [] };
      socket.send(encodeQuery({ id, name, type, edns }), port, '127.0.0.1', () => undefined);
      const timer = setTimeout(() => {
        resolve(undefined);
      }, 700);
      const message = await promise;
      clearTimeout(timer);
      waiting.delete(id);
      const response = message && decodeResponse(message);
      if (!response) continue;
      const values = response.answers.flatMap(({ value }) =>
        value.kind === 'A' ? [value.address] : value.kind === 'TXT' ? [value.text] : [],
      );
      const soa = response.answers.find(({ value }) => value.kind === 'SOA')?.value;
      const serial = soa?.kind === 'SOA' ? soa.serial : undefined;
      answers.set(name, { rcode: response.rcode, values: values.sort(), serial });
      return;
    }
  };
  const queue = [...names];
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) await askOne(name);
    }),
  );
  socket.close();
  return answers;
}

export async function serialOf(port: number, zone: string): Promise<number | undefined> {
  return (await askAll(port, [zone], 6)).get(zone)?.serial;
}
