// The query `reputations` with 1,000 subjects and every field, through HTTP with an access token, on a hub that knows a
// million subjects. Time at the server: from the moment the request is written to the first byte of the answer, which the
// hub sends as one piece when it is complete; what the client does with the answer is not in it.
//   npm run bench:reputations -- --seconds 15 --subjects 1000000
//   --profile DIR   a V8 profile of the hub into DIR
import { openDatabase, ReputationRepository } from '@sekisho/persistence';
import { MODEL_VERSION, scoreSubject, type Reputation, type Sighting } from '@sekisho/reputation';
import { parseSubject } from '@sekisho/subject';
import { Federation } from '@sekisho/testing';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { startBenchDatabase, type BenchDatabase } from '#harness/database';
import { inFull, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { childRunning, ownSeconds, treeSeconds } from '#harness/processor-time';
import { addressOf, randomness } from '#harness/report-source';

const ASKED = 1_000;
/** Listed /24 networks beside the addresses, and the share of questions about addresses that only they answer for. */
const NETWORKS = 20_000;
const COVERED = 0.05;
const UNKNOWN = 0.05;
const WARM_UP = 40;
const HOUR_MS = 3_600_000;

const QUERY = `query Lookup($subjects: [Subject!]!) {
  reputations(subjects: $subjects) {
    subject score listed categories confidence recommendation memberCount firstSeen lastSeen expiresAt
    explanation { factor contribution detail }
  }
}`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    subjects: { type: 'string', default: '1000000' },
    profile: { type: 'string' },
  },
});
const subjects = Number(values.subjects);

/** What the worker writes of an address with one to eight sightings, listed or not. */
function examples(now: number): Reputation[] {
  const kinds = ['zombie', 'spam-source', 'malware-sender', 'ham'] as const;
  const evidence = ['filter', 'trap', 'unknown-user', 'complaint', 'filter'] as const;
  return Array.from({ length: 16 }, (_, i) => {
    const sightings = Array.from({ length: 1 + (i % 8) }, (_, k): Sighting => ({
      reporter: `isp-${String(k % 5)}`,
      category: kinds[(i + k * k) % kinds.length] ?? 'zombie',
      evidence: evidence[(i + k) % evidence.length] ?? 'filter',
      count: 1 + k * 3,
      firstSeen: now - (3 + k) * HOUR_MS,
      lastSeen: now - k * HOUR_MS,
      influenced: false,
    }));
    const context = { isDynamic: false, owners: new Set<string>(), wasListed: false };
    return scoreSubject({ type: 'ip', sightings, standings: new Map(), context, now });
  });
}

/** The address of `addressOf`, in SQL. */
const ADDRESS = (rank: string) => `'0.0.0.0'::inet + (16777216 + (${rank}::bigint * 2654435761) % 150994944)`;

async function fill(database: BenchDatabase): Promise<void> {
  const now = Date.now();
  const rows = examples(now).map((r, kind) => ({
    ...{ kind, score: r.score, listed: r.listed, high_confidence: r.highConfidence },
    ...{ confidence: r.confidence, recommendation: r.recommendation, member_count: r.memberCount },
    ...{ categories: r.categories, explanation: r.explanation },
    first_seen: new Date(r.firstSeen).toISOString(),
    last_seen: new Date(r.lastSeen).toISOString(),
    expires_at: new Date(r.expiresAt).toISOString(),
    next_review_at: new Date(r.nextReviewAt ?? now).toISOString(),
  }));
  const columns = `score, listed, high_confidence, confidence, recommendation, member_count, categories, explanation,
    first_seen, last_seen, expires_at, next_review_at`;
  const source = `json_to_recordset($1) AS e(kind int, score smallint, listed boolean, high_confidence boolean,
    confidence smallint, recommendation text, member_count integer, categories json, explanation json,
    first_seen timestamptz, last_seen timestamptz, expires_at timestamptz, next_review_at timestamptz)`;
  await database.query(
    `INSERT INTO reputation (subject, subject_type, parent, ${columns}, scored_at, model_version)
     SELECT host(ip), 'ip', set_masklen(ip::cidr, 24)::text, ${columns}, now(), '${MODEL_VERSION}'
     FROM (SELECT i % 16 AS kind, ${ADDRESS('i')} AS ip FROM generate_series(0, $2::int - 1) AS i) AS a
     JOIN ${source} USING (kind)`,
    [JSON.stringify(rows), subjects],
  );
  const listed = rows.find((row) => row.listed);
  await database.query(
    `INSERT INTO reputation (subject, subject_type, network, ${columns}, scored_at, model_version)
     SELECT network::text, 'network', network, ${columns}, now(), '${MODEL_VERSION}'
     FROM (SELECT DISTINCT set_masklen((${ADDRESS('i')})::cidr, 24) AS network
           FROM generate_series($2::int, $3::int - 1) AS i) AS n, ${source}`,
    [JSON.stringify([listed]), subjects, subjects + NETWORKS],
  );
  await database.settle();
}

interface Answer {
  readonly serverMs: number;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

async function ask(url: URL, token: string, asked: readonly string[]): Promise<Answer> {
  const body = JSON.stringify({ query: QUERY, variables: { subjects: asked } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const sending = request(url, { method: 'POST', agent, headers });
  const startedAt = performance.now();
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const serverMs = performance.now() - startedAt;
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { serverMs, body: text };
}

function questions(random: () => number): string[] {
  return Array.from({ length: ASKED }, () => {
    const kind = random();
    if (kind < UNKNOWN)
      return `100.${addressOf(Math.floor(random() * subjects))
        .split('.')
        .slice(1)
        .join('.')}`;
    const first = kind < UNKNOWN + COVERED ? subjects : 0;
    return addressOf(first + Math.floor(random() * (first === 0 ? subjects : NETWORKS)));
  });
}

function check(body: string): void {
  const { data } = JSON.parse(body) as { data?: { reputations: (null | { explanation: unknown[] })[] } };
  const known = data?.reputations.filter((reputation) => reputation !== null).length ?? 0;
  if (data?.reputations.length !== ASKED || known < ASKED * 0.9) throw new Error(body.slice(0, 500));
}

await using database = await startBenchDatabase();
const profile = values.profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` };
await using federation = await Federation.start(database.url, { processes: ['hub'], env: { ...profile } });
const session = await (await federation.member('isp-a')).session();
await fill(database);

const url = new URL(session.hub.endpoints.graphql);
const token = await session.accessToken();
const random = randomness(7);
for (let i = 0; i < WARM_UP; i++) check((await ask(url, token, questions(random))).body);
const hub = childRunning('apps/hub/dist/main.js');
const times = () => ({ hub: ownSeconds(hub), postgres: treeSeconds(database.pid) });
const before = times();
const answers: Answer[] = [];
const until = performance.now() + Number(values.seconds) * 1000;
while (performance.now() < until) answers.push(await ask(url, token, questions(random)));
const after = times();
answers.slice(0, 5).forEach(({ body }) => {
  check(body);
});

const dataSource = await openDatabase(database.url, { poolSize: 1 });
const repository = new ReputationRepository(dataSource);
const repositoryMs: number[] = [];
for (let i = 0; i < 100; i++) {
  const asked = questions(random).map((value) => parseSubject('ip', value));
  const startedAt = performance.now();
  await repository.find(asked);
  repositoryMs.push(performance.now() - startedAt);
}
await dataSource.destroy();

const perRequestMs = (name: 'hub' | 'postgres') =>
  (((after[name] - before[name]) * 1000) / answers.length).toFixed(1);
const serverMs = answers.map((answer) => answer.serverMs);
console.log(describeMachine(database.version));
console.log(
  `${inFull(subjects)} addresses and ${inFull(NETWORKS)} listed networks stored; ${inFull(answers.length)} requests ` +
    `for ${inFull(ASKED)} subjects one after the other, answers of ${inFull((answers[0]?.body.length ?? 0) / 1000)} kB`,
);
printTable(
  ['', 'p50 ms', 'p99 ms', 'hub CPU ms', 'postgres CPU ms'],
  [
    [
      'at the server, request to answer',
      percentile(serverMs, 0.5).toFixed(1),
      percentile(serverMs, 0.99).toFixed(1),
      perRequestMs('hub'),
      perRequestMs('postgres'),
    ],
    [
      'of it the database and reading its rows',
      percentile(repositoryMs, 0.5).toFixed(1),
      percentile(repositoryMs, 0.99).toFixed(1),
    ],
  ],
);
agent.destroy();
