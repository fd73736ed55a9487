// Mercurius (with and without its compiler) and Apollo Server beside one another: the same schema and resolvers, each on
// Nest and Fastify in a process of its own, asked in turns. Processor time of the server per request.
//   npm run bench:graphql-drivers -- --rounds 5 --requests 20
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inFull, median, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { ownSeconds } from '#harness/processor-time';
import { addressOf } from '#harness/report-source';

const DRIVERS = ['mercurius, jit', 'mercurius', 'apollo'] as const;
type Driver = (typeof DRIVERS)[number];
const SUBJECTS = 1_000;

/** The part of the hub's schema that carries its load. */
const TYPE_DEFS = `
  scalar DateTime
  type ExplanationFactor { factor: String! contribution: Float! detail: String! }
  type Reputation {
    subject: String! score: Int! listed: Boolean! categories: [String!]! confidence: Int! recommendation: String!
    memberCount: Int! firstSeen: DateTime! lastSeen: DateTime! expiresAt: DateTime! explanation: [ExplanationFactor!]!
  }
  type Query { reputations(subjects: [String!]!): [Reputation]! version: String! }`;

const QUERIES = {
  'reputations of 1,000 subjects': {
    query: `query Lookup($subjects: [String!]!) {
      reputations(subjects: $subjects) {
        subject score listed categories confidence recommendation memberCount firstSeen lastSeen expiresAt
        explanation { factor contribution detail }
      }
    }`,
    variables: { subjects: Array.from({ length: SUBJECTS }, (_, i) => addressOf(i)) },
  },
  'one field': { query: '{ version }', variables: {} },
} as const;
type Question = keyof typeof QUERIES;
/** One small request is too short for the clock ticks of /proc. */
const REPEAT: Record<Question, number> = { 'reputations of 1,000 subjects': 1, 'one field': 50 };

const reputations = Array.from({ length: SUBJECTS }, (_, i) => ({
  ...{ subject: addressOf(i), score: i % 101, listed: i % 3 === 0, categories: ['ZOMBIE', 'SPAM_SOURCE'] },
  ...{ confidence: 75, recommendation: 'DEFER', memberCount: 3 },
  ...{ firstSeen: new Date(0), lastSeen: new Date(i), expiresAt: new Date(2 * i) },
  explanation: Array.from({ length: 4 }, (_, k) => ({
    factor: `zombie/trap ${String(k)}`,
    contribution: k * 2.5,
    detail: 'messages seen by several members, the last one today',
  })),
}));
const resolvers = { Query: { reputations: () => reputations, version: () => '1' } };

function graphqlModule(driver: Driver): DynamicModule {
  const shared = { path: '/graphql', typeDefs: TYPE_DEFS, resolvers };
  return driver === 'apollo'
    ? GraphQLModule.forRoot<ApolloDriverConfig>({ ...shared, driver: ApolloDriver, graphiql: false })
    : GraphQLModule.forRoot<MercuriusDriverConfig>({
        ...shared,
        driver: MercuriusDriver,
        graphiql: false,
        ...(driver === 'mercurius, jit' && { jit: 1 }),
      });
}

class RootModule {
  readonly title = 'benchmark';
}
Module({})(RootModule);

async function serve(driver: Driver): Promise<void> {
  const module = { module: RootModule, imports: [graphqlModule(driver)] };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  process.once('disconnect', () => void app.close());
  process.send?.(await app.getUrl());
}

interface Server {
  readonly driver: Driver;
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(driver: Driver): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), ['--serve', driver], {
    env: { ...process.env, NODE_ENV: 'production' },
    silent: true,
  });
  const [url] = (await once(child, 'message')) as [string];
  return { driver, child, url: `${url}/graphql` };
}

const agent = new Agent({ keepAlive: true });

async function ask({ url }: Server, question: Question): Promise<{ ms: number; body: string }> {
  const headers = { 'content-type': 'application/json' };
  const sending = request(url, { method: 'POST', agent, headers });
  const startedAt = performance.now();
  sending.end(JSON.stringify(QUERIES[question]));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { ms: performance.now() - startedAt, body };
}

interface Round {
  readonly cpuMs: number;
  readonly ms: readonly number[];
}

async function round(server: Server, question: Question, requests: number): Promise<Round> {
  const total = requests * REPEAT[question];
  const before = ownSeconds(server.child.pid ?? 0);
  const ms: number[] = [];
  for (let i = 0; i < total; i++) ms.push((await ask(server, question)).ms);
  return { cpuMs: ((ownSeconds(server.child.pid ?? 0) - before) * 1000) / total, ms };
}

async function compare(rounds: number, requests: number): Promise<void> {
  const servers = await Promise.all(DRIVERS.map(start));
  const rows: string[][] = [];
  try {
    for (const question of Object.keys(QUERIES) as Question[]) {
      const bodies = await Promise.all(servers.map((server) => ask(server, question)));
      if (new Set(bodies.map(({ body }) => JSON.stringify(JSON.parse(body)))).size !== 1)
        throw new Error('the answers differ');
      const measured = new Map<Server, Round[]>(servers.map((server) => [server, []]));
      for (const server of servers) await round(server, question, requests);
      for (let i = 0; i < rounds; i++) {
        for (const server of servers) measured.get(server)?.push(await round(server, question, requests));
      }
      for (const [{ driver }, its] of measured) {
        const ms = its.flatMap((one) => one.ms);
        rows.push([
          `${question}, ${driver}`,
          median(its.map(({ cpuMs }) => cpuMs)).toFixed(2),
          percentile(ms, 0.5).toFixed(1),
          percentile(ms, 0.99).toFixed(1),
          inFull(ms.length),
        ]);
      }
    }
  } finally {
    agent.destroy();
    for (const { child } of servers) child.disconnect();
  }
  console.log(describeMachine());
  printTable(['', 'server CPU ms', 'p50 ms', 'p99 ms', 'requests'], rows);
  console.log(`server CPU: per request, median of ${String(rounds)} rounds in turns`);
}

const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '20' },
  },
});
const served = DRIVERS.find((driver) => driver === values.serve);
if (served) await serve(served);
else await compare(Number(values.rounds), Number(values.requests));
