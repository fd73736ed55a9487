// The running demo: a hub of its own on this machine with enrolled members.
import { enrol, HubSession, MemberDirectory, type EnrolledMember } from '@sekisho/client';
import { readConfig, type Config } from '@sekisho/config';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliContext } from '../context.js';
import { startMachine } from '../up/machine.js';
import { readDemoMembers, type DemoMember } from './demo-members.js';

export interface EnrolledDemoMember {
  readonly demo: DemoMember;
  readonly member: EnrolledMember;
  readonly session: HubSession;
  readonly dir: string;
}

export interface DemoFederation {
  readonly config: Config;
  /** Everything of hub, database and trustee. */
  readonly dataDir: string;
  readonly members: readonly EnrolledDemoMember[];
  /** Signs a browser in as a reviewer of the first member. */
  readonly signInUrl: string;
  stop(): Promise<void>;
}

/** Starts hub, worker and DNS on a new embedded database in a temporary directory, and enrols the members through the API. */
export async function startDemoFederation(
  context: CliContext,
  onStep: (step: string) => void,
): Promise<DemoFederation> {
  const directory = await mkdtemp(join(tmpdir(), 'sekisho-demo-'));
  const env = { ...context.env, ...(await demoSettings(join(directory, 'hub'))) };
  const config = readConfig(env);
  onStep('starting the embedded PostgreSQL, hub, worker, DNS server and trustee');
  const log: string[] = [];
  const machine = await startMachine(config, { env, onLine: (line) => log.push(line) }).catch(
    async (error: unknown) => {
      await rm(directory, { recursive: true, force: true });
      throw error;
    },
  );
  const stop = async () => {
    await machine.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    onStep('enrolling the members, each with keys of its own');
    const reached = { ...config, databaseUrl: machine.databaseUrl };
    const members = await enrolMembers(reached, directory, context);
    const signInUrl = await inviteReviewer(reached, members, context);
    return { config, dataDir: config.dataDir, members, signInUrl, stop };
  } catch (error) {
    await stop();
    context.stderr.write(`${log.slice(-20).join('\n')}\n`);
    throw error;
  }
}

async function enrolMembers(
  config: Config,
  directory: string,
  context: CliContext,
): Promise<EnrolledDemoMember[]> {
  const operator = await context.openOperatorDatabase(config);
  const enrolled: EnrolledDemoMember[] = [];
  try {
    for (const demo of await readDemoMembers()) {
      const { id, name, networks, asn } = demo;
      const { code } = await operator.members.add(
        { ...{ id, name, networks }, role: 'member', asns: [asn] },
        new Date(context.now()),
      );
      const dir = join(directory, id);
      await enrol({ hubUrl: config.publicUrl, code, dir });
      const member = await new MemberDirectory(dir).open();
      enrolled.push({ demo, member, dir, session: await HubSession.open(member) });
    }
  } finally {
    await operator.close();
  }
  return enrolled;
}

async function inviteReviewer(
  config: Config,
  [first]: readonly EnrolledDemoMember[],
  context: CliContext,
): Promise<string> {
  const operator = await context.openOperatorDatabase(config);
  try {
    const { code } = await operator.people.addForDemo(
      { memberId: first?.demo.id, name: 'Reviewer 審査担当', role: 'reviewer', language: 'ja' },
      new Date(context.now()),
    );
    return `${config.publicUrl}/demo/sign-in?code=${code}`;
  } finally {
    await operator.close();
  }
}

/** The usual ports, or free ones when they are taken; nothing of an operator's own configuration is touched. */
async function demoSettings(dataDir: string): Promise<Record<string, string | undefined>> {
  const http = await portNear(8080);
  const dns = await portNear(5353);
  const trustee = await portNear(8090);
  return {
    SEKISHO_DATA_DIR: dataDir,
    SEKISHO_DATABASE_URL: undefined,
    SEKISHO_QUEUE_URL: undefined,
    SEKISHO_HTTP: `127.0.0.1:${http}`,
    SEKISHO_DNS: `127.0.0.1:${dns}`,
    SEKISHO_TRUSTEE_URL: undefined,
    SEKISHO_TRUSTEE_DIR: undefined,
    SEKISHO_TRUSTEE_HTTP: `127.0.0.1:${trustee}`,
    SEKISHO_PUBLIC_URL: undefined,
    SEKISHO_HUB_URL: undefined,
    SEKISHO_ZONE: 'sekisho.example',
    SEKISHO_DNS_ACCESS: 'open',
    SEKISHO_DEMO: 'yes',
    SEKISHO_INTROSPECTION: 'yes',
    SEKISHO_LOG: 'warn',
  };
}

async function portNear(wanted: number): Promise<number> {
  const isFree = async (port: number): Promise<number | undefined> => {
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    } catch {
      return undefined;
    } finally {
      server.close();
    }
  };
  return (await isFree(wanted)) ?? (await isFree(0)) ?? wanted;
}
