// Nothing shown to one member reveals another: the whole GraphQL schema, all events, every GET route and the DNS are walked
// as each role on a federation whose values are marked, and no caller may find a mark of somebody else.
import { PERSON_ROLES } from '@sekisho/access';
import { formatFingerprint, SKETCH_BYTES } from '@sekisho/campaign';
import { readEdgeToken } from '@sekisho/config';
import { sealEvidence } from '@sekisho/sealed';
import { parseSubject, readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  dig,
  digUntil,
  execute,
  Federation,
  nameOf,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAppeal } from '../setup/appeals.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { everyGetRoute } from '../setup/get-routes.js';
import { headersOf, type Credentials } from '../setup/hub-requests.js';
import { signIn } from '../setup/people.js';
import {
  ADDRESS_HASH,
  ARGUMENTS,
  DOMAIN,
  LISTED_IP,
  OWNED_IP,
  PATHS,
  QUIET_IP,
  SILENT,
  TRIGGERS,
} from '../setup/privacy-arguments.js';
import {
  breachesIn,
  exactCountsIn,
  leavesOf,
  type Mark,
  type PrivacyCaller,
  type Shown,
} from '../setup/privacy-marks.js';
import { readSchema, walkOf, type Walk } from '../setup/privacy-walk.js';
import { seedOfCase } from '../setup/seed-of-case.js';

const K = 3;
const REPORTERS = ['marked-one', 'marked-two', 'marked-three', 'marked-four', 'marked-five'];
/** A minute of its own for each reporter, none of which begins 10 minutes. */
const MINUTES = [13, 17, 23, 27, 33];
/** 6-digit primes; what is shown rounds them to a power of ten. */
const COUNTS = [104_729, 104_723, 104_717, 104_711, 104_707];
/** Three hours ago: a time of now, such as `asOf`, is not taken for a mark. */
const HOUR = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000);

interface Caller extends PrivacyCaller {
  readonly token: Credentials;
}

let database: TestDatabase;
let federation: Federation;
let walk: Walk;
const reporters: FederationMember[] = [];
const receiptIds: string[] = [];
const callers: Caller[] = [];
const marks: Mark[] = [];

const timeOf = (i: number) => new Date(HOUR.getTime() + (MINUTES[i] ?? 0) * 60_000 + 42_123).toISOString();
const digestOf = (i: number) => `facade00000${i}`;
/** One campaign for all, and in each an exact digest of its own. */
const fingerprintOf = (i: number) =>
  formatFingerprint({
    ...{ month: new Date().toISOString().slice(0, 7), kind: 'text', sizeClass: 16 },
    ...{ textDigest: digestOf(i), hostsDigest: undefined, attachmentsDigest: undefined },
    sketch: new Uint8Array(SKETCH_BYTES),
  });
const fieldsOf = (i: number) => ({
  ...{ count: COUNTS[i] ?? 1, firstSeen: timeOf(i), lastSeen: timeOf(i) },
  urlHosts: [`host-of-${REPORTERS[i] ?? ''}.example`],
  fingerprint: fingerprintOf(i),
});

/** Whoever lists members, and edges that let members ask, see who takes part; that is not who reported. */
const MEMBERS_ARE_KNOWN = [
  { place: /^members\./ },
  { place: /^standings\.\d+\.memberId$/ },
  { place: /^GET \/\.well-known\/jwks\.json/ },
  { caller: 'edge', place: /^GET \/zones\/access/ },
];
const OWNER_SEES_TIMES = [
  { caller: 'isp-owner', place: /^(reputation|reputations|listings)\b.*\.(firstSeen|lastSeen|expiresAt)$/ },
];

async function seed(): Promise<void> {
  const owner = await federation.member('isp-owner', { networks: ['198.18.0.0/16'] });
  const key = await owner.session().then((session) => session.ownerKey(readSubject(OWNED_IP)));
  if (!key) throw new Error('the owner has a key');
  const outsider = await federation.member('isp-outside');
  const reviewer = await federation.member('isp-reviewer', { role: 'reviewer' });
  for (const [i, id] of REPORTERS.entries()) {
    const reporter = await federation.member(id);
    reporters.push(reporter);
    const sealed = await sealEvidence({ version: 1, seen: [{ at: timeOf(i), sourcePort: 1_000 + i }] }, key);
    const about = (value: string, type: 'ip' | 'domain' | 'address' = 'ip') => ({
      ...reportOf(value, fieldsOf(i)),
      subject: parseSubject(type, value),
    });
    const receipt = await reporter.submit(
      { ...about(OWNED_IP), sealed },
      about(LISTED_IP),
      { ...about(DOMAIN, 'domain'), category: 'spam-domain' },
      { ...about(ADDRESS_HASH, 'address'), category: 'dropbox-address' },
      ...(i < K - 1 ? [about(QUIET_IP)] : []),
    );
    expect(receipt.rejected).toEqual([]);
    receiptIds.push(receipt.receiptId);
    const { dnsKey } = await (await reporter.session()).me();
    const trust = `0.73${i}19`;
    await execute(
      database.url,
      `UPDATE member SET trust = ${trust}, trust_reason = 'as told' WHERE id = '${id}'`,
    );
    const mark = (what: string, text: string, exceptions?: Mark['exceptions'], of = id) => {
      marks.push({ what, text: new RegExp(text, 'i'), of, ...(exceptions && { exceptions }) });
    };
    const minute = String(MINUTES[i]);
    mark('the id', `(?<!host-of-)${id}`, MEMBERS_ARE_KNOWN);
    mark('the time of a report', timeOf(i).slice(0, 16), OWNER_SEES_TIMES);
    mark('the time of a report in words', `\\b\\d{1,2}:${minute}(?::\\d\\d)? ?([AP]M|UTC)`);
    mark('the time of a report in seconds', String(Math.floor(Date.parse(timeOf(i)) / 1_000)));
    mark('an exact count', `(?<![\\da-f-])${String(COUNTS[i])}(?!\\d)`);
    mark('a host', `host-of-${id}`);
    mark('a fingerprint', digestOf(i));
    mark('a receipt', receipt.receiptId);
    mark('an envelope id', receipt.jti);
    mark('the DNS key', dnsKey ?? 'none', [{ caller: 'edge', place: /^GET \/zones\/access/ }]);
    mark('the trust placed in it', trust.replace('.', '\\.'));
    mark('sealed evidence', sealed.slice(-40), undefined, 'isp-owner');
  }
  const { statements, seen } = seedOfCase(REPORTERS[0] ?? '', REPORTERS[1] ?? '');
  for (const statement of statements) await execute(database.url, statement);
  marks.push(...seen);
  const tokenOf = async (member: FederationMember) => (await member.session()).accessToken();
  const [first] = reporters;
  if (!first) throw new Error('no reporter');
  const dataDir = federation.env['SEKISHO_DATA_DIR'] ?? '';
  callers.push(
    { name: 'anonymous', memberId: undefined, token: undefined },
    { name: 'edge', memberId: undefined, token: await readEdgeToken(dataDir) },
    { name: 'isp-outside', memberId: 'isp-outside', token: await tokenOf(outsider) },
    { name: 'isp-reviewer', memberId: 'isp-reviewer', token: await tokenOf(reviewer) },
    { name: 'isp-owner', memberId: 'isp-owner', token: await tokenOf(owner) },
    { name: 'a reporter', memberId: REPORTERS[0], token: await tokenOf(first) },
  );
  for (const role of PERSON_ROLES) {
    const memberId = role === 'operator' ? undefined : 'isp-outside';
    const { headers } = await signIn(federation, role, memberId);
    callers.push({ name: `person:${role}`, memberId, token: headers });
  }
}

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    env: { SEKISHO_INTROSPECTION: 'yes', SEKISHO_PRIVACY_K: String(K) },
  });
  await seed();
  await digUntil(federation, nameOf(LISTED_IP), (answers) => answers.length > 0);
  await digUntil(federation, nameOf(OWNED_IP), (answers) => answers.length > 0);
  await digUntil(federation, nameOf(QUIET_IP, 'score.z.example'), (answers) => answers.length > 0);
  const owner = callers.find(({ name }) => name === 'isp-owner');
  if (!owner) throw new Error('no owner');
  const { data } = (await ask(owner, '{ alerts { edges { node { id } } } }')) as {
    data: { alerts: { edges: { node: { id: string } }[] } };
  };
  const [alert] = data.alerts.edges;
  if (!alert) throw new Error('the owner of a reported address has an alert');
  walk = walkOf(await readSchema(federation.hubUrl, owner.token), {
    ...ARGUMENTS,
    'Mutation.answerAlert': [`(id: "${alert.node.id}", answer: SEEN)`],
    'Query.sentReports': receiptIds.map((id) => `(receiptId: "${id}")`),
    'Mutation.retractReport': receiptIds.map((id) => `(receiptId: "${id}", index: 1)`),
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** By a member that marks nothing, whose name all members see. */
async function proposeThrottle(subject: string): Promise<void> {
  const proposer = callers.find(({ name }) => name === 'isp-reviewer');
  if (!proposer) throw new Error('no reviewer');
  const { data } = (await ask(proposer, '{ codeOfConduct { version } }')) as {
    data: { codeOfConduct: { version: string } };
  };
  await ask(proposer, `mutation { acceptConduct(version: "${data.codeOfConduct.version}") { version } }`);
  const input = `{ kind: JOINT_THROTTLE, title: "a", reason: "b", subjects: ["${subject}"] }`;
  await ask(proposer, `mutation { proposeAction(input: ${input}) { __typename } }`);
}

const bearer = ({ token }: Caller): Readonly<Record<string, string>> => headersOf(token);

async function ask(caller: Caller, query: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${federation.hubUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(caller) },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const codesOf = (answer: Record<string, unknown>): string[] =>
  ((answer['errors'] ?? []) as { extensions?: { code?: string } }[]).map(
    ({ extensions }) => extensions?.code ?? '',
  );

it('there is a caller for every role', () => {
  const names = callers.map(({ name }) => name);
  for (const role of PERSON_ROLES) expect(names).toContain(`person:${role}`);
  expect(names).toEqual(expect.arrayContaining(['anonymous', 'edge', 'isp-outside', 'isp-reviewer']));
});

describe('over GraphQL', () => {
  it('every field can be reached', () => {
    expect(
      walk.missing,
      'say with which arguments to ask: ARGUMENTS in test/setup/privacy-arguments.ts',
    ).toEqual([]);
    expect(walk.queries.length).toBeGreaterThan(10);
  });

  it('no query shows a marked value of somebody else to any role', async () => {
    const breaches: string[] = [];
    const answered = new Set<string>();
    for (const caller of callers) {
      for (const { name, field, text } of walk.queries) {
        const answer = await ask(caller, text);
        const codes = codesOf(answer);
        expect(codes, `${name} as walked: ${text}`).not.toContain('graphql-invalid');
        expect(codes, name).not.toContain('internal-error');
        if (codes.length === 0) answered.add(field);
        const data = (answer['data'] ?? {}) as Record<string, unknown>;
        const shown = [...leavesOf(data[field], field), ...leavesOf(answer['errors'] ?? [], 'errors')];
        breaches.push(...breachesIn(caller, shown, marks), ...exactCountsIn(shown, K));
      }
    }
    expect(breaches).toEqual([]);
    expect([...answered].sort()).toEqual([...new Set(walk.queries.map(({ field }) => field))].sort());
  });

  it('the owner of a network, and nobody else, sees exact times of its own addresses', async () => {
    const query = `{ own: reputation(subject: "${OWNED_IP}") { firstSeen } other: reputation(subject: "${LISTED_IP}") { firstSeen } }`;
    const seen = async (name: string) => {
      const caller = callers.find((one) => one.name === name);
      if (!caller) throw new Error(name);
      const { data } = (await ask(caller, query)) as { data: Record<string, { firstSeen: string }> };
      return [data['own']?.firstSeen, data['other']?.firstSeen];
    };
    const coarse = new Date(HOUR.getTime() + 10 * 60_000).toISOString();
    expect(await seen('isp-owner')).toEqual([timeOf(0), coarse]);
    expect(await seen('isp-outside')).toEqual([coarse, coarse]);
  });

  it('every member sees the campaign of all reporters, which proves that there is one to walk', async () => {
    const outsider = callers.find(({ name }) => name === 'isp-outside');
    const answer =
      outsider &&
      (await ask(outsider, '{ campaign(id: "1") { memberCount isConfirmed fromDomains { subject } } }'));
    expect(answer).toMatchObject({
      data: {
        campaign: {
          ...{ memberCount: REPORTERS.length, isConfirmed: true },
          fromDomains: [{ subject: DOMAIN }],
        },
      },
    });
  });

  it('the owner gets its sealed evidence, which proves that the walk asks about what is there', async () => {
    const owner = callers.find(({ name }) => name === 'isp-owner');
    const answer = JSON.stringify(
      owner && (await ask(owner, '{ sealedEvidence { edges { node { sealed } } } }')),
    );
    const sealed = marks.filter(({ what }) => what === 'sealed evidence');
    expect(sealed.filter(({ text }) => text.test(answer))).toHaveLength(REPORTERS.length);
  });

  it('no event shows a marked value of somebody else to any role', async () => {
    const names = walk.subscriptions.map(({ field }) => field);
    expect(
      names.filter((name) => !(name in TRIGGERS)),
      'say what makes it speak: TRIGGERS in test/setup/privacy-arguments.ts',
    ).toEqual([]);
    const sockets = new Map<Caller, GraphqlSocket>();
    try {
      for (const caller of callers) {
        const socket = await GraphqlSocket.open(federation.hubUrl, caller.token);
        sockets.set(caller, socket);
        await expect.poll(() => socket.isAcknowledged).toBe(true);
        for (const { field, text } of walk.subscriptions) socket.subscribe(field, text);
      }
      let host = 1;
      await expect
        .poll(
          async () => {
            // Listed anew, so that it is an event; with the same marked times and counts as before.
            const value = `198.18.1.${host++}`;
            await Promise.all(reporters.map((reporter, i) => reporter.submit(reportOf(value, fieldsOf(i)))));
            await Promise.all([proposeThrottle(value), openAppeal(database.url, value)]);
            return [...sockets].every(([caller, socket]) =>
              names.every(
                (name) =>
                  socket.of(name).length > 0 ||
                  (TRIGGERS[name] === 'reports about the owner' && caller.memberId !== 'isp-owner'),
              ),
            );
          },
          { timeout: 20_000, interval: 500 },
        )
        .toBe(true);
      const breaches = [...sockets].flatMap(([caller, socket]) =>
        names.flatMap((name) => {
          const shown = socket.of(name).flatMap(({ payload }) => leavesOf(payload, `event.${name}`));
          return [...breachesIn(caller, shown, marks), ...exactCountsIn(shown, K)];
        }),
      );
      expect(breaches).toEqual([]);
      const heard = [...sockets].filter(([, socket]) =>
        socket.of('listingChanged').some(({ type }) => type === 'next'),
      );
      expect(heard.map(([{ name }]) => name)).toContain('isp-outside');
    } finally {
      for (const socket of sockets.values()) socket[Symbol.dispose]();
    }
  });
});

it('no GET route shows a marked value of somebody else to any role', async () => {
  const routes = await everyGetRoute();
  const unknown = routes.filter((route) => /[:*]/.test(route) && !(route in PATHS));
  expect(unknown, 'say what to get: PATHS in test/setup/privacy-arguments.ts').toEqual([]);
  expect(routes).toContain('/zones/:zone/snapshot');
  const breaches: string[] = [];
  const answered = new Set<string>();
  for (const caller of callers) {
    for (const route of routes) {
      for (const path of PATHS[route] ?? [route]) {
        const answer = await fetch(`${federation.hubUrl}${path}`, { headers: bearer(caller) });
        const text = `${JSON.stringify([...answer.headers])}\n${await answer.text()}`;
        expect(answer.status, path).toBeLessThan(500);
        if (answer.ok) answered.add(route);
        breaches.push(...breachesIn(caller, [{ place: `GET ${path}`, text }], marks));
      }
    }
  }
  expect(breaches).toEqual([]);
  expect([...answered].sort()).toEqual(routes.filter((route) => !(route in SILENT)).sort());
});

it('no DNS answer shows a marked value to anybody', async () => {
  const names = [
    ...['ip', 'high.ip', 'policy', 'score'].flatMap((zone) =>
      [OWNED_IP, LISTED_IP, QUIET_IP].map((ip) => nameOf(ip, `${zone}.z.example`)),
    ),
    ...['domain', 'score'].map((zone) => `${DOMAIN}.${zone}.z.example`),
    ...['z.example', 'ip.z.example', 'score.z.example'],
  ];
  const shown: Shown[] = [];
  for (const name of names) {
    for (const type of ['A', 'TXT', 'SOA', 'NS']) {
      for (const text of await dig(federation, name, type)) shown.push({ place: `${type} ${name}`, text });
    }
  }
  expect(shown.some(({ place }) => place === `TXT ${nameOf(LISTED_IP)}`)).toBe(true);
  const resolver = { name: 'resolver', memberId: undefined };
  expect(breachesIn(resolver, shown, marks)).toEqual([]);
  // What every TXT record says is found in them, so a mark would be.
  const said: Mark = { what: 'the page', text: /subject=203\.0\.113\.9\b/, of: 'nobody' };
  expect(breachesIn(resolver, shown, [said])).not.toEqual([]);
});

// The last, because it changes what the others look at.
it('no mutation shows a marked value of somebody else to any role, whatever it is aimed at', async () => {
  const breaches: string[] = [];
  const answered = new Set<string>();
  for (const caller of callers) {
    for (const { name, field, text } of walk.mutations) {
      const answer = await ask(caller, text);
      const codes = codesOf(answer);
      expect(codes, `${name} as walked: ${text}`).not.toContain('graphql-invalid');
      expect(codes, name).not.toContain('internal-error');
      answered.add(field);
      // Who names something is told nothing when it is repeated.
      const unknown = marks.filter((mark) => !mark.text.test(text));
      const shown = [...leavesOf(answer['data'] ?? {}, field), ...leavesOf(answer['errors'] ?? [], 'errors')];
      breaches.push(...breachesIn(caller, shown, unknown), ...exactCountsIn(shown, K));
    }
  }
  expect(breaches).toEqual([]);
  expect(answered.size).toBeGreaterThan(10);
});
