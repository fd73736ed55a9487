import { MemberDirectory } from '@sekisho/client';
import { readEdgeToken, type Config } from '@sekisho/config';
import { EdgeCheck, EdgeClient, StandingSource, type EdgeState } from '@sekisho/edge-client';
import type { Needs } from '@sekisho/policy';
import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES } from '@sekisho/zone';
import {
  edgeAccess,
  HubClient,
  HubKeys,
  ServedZones,
  SnapshotStore,
  ZoneFollower,
} from '@sekisho/zone-follow';
import { join } from 'node:path';
import { EmbeddedEdge } from './embedded-edge.js';
import { MemberAccess } from './member-access.js';
import type { Options } from './options.js';
import type { StandingEdge } from './standing-edge.js';

/** A mail server's patience is worth more than an answer: then mail flows. */
export const EDGE_TIMEOUT_MS = 200;
export const MAX_OPEN_QUESTIONS = 8_192;
const MAX_CACHED = 200_000;
const AGE_PERIOD_MS = 1_000;

interface EdgeHooks {
  /** Which zones are in use, at this moment. */
  readonly needs: () => Needs;
  readonly onChange: (state: EdgeState) => void;
}

/** An edge that is asked over UDP. */
export async function openRemoteEdge(
  config: Config,
  options: Options,
  { needs, onChange }: EdgeHooks,
): Promise<StandingEdge> {
  const edge = new EdgeClient({ ...options.edge, timeoutMs: EDGE_TIMEOUT_MS, maxOpen: MAX_OPEN_QUESTIONS });
  const { keyLabel, edgeHealthUrl: healthUrl } = options;
  const source = new StandingSource(edge, { apex: config.zone, keyLabel, maxCached: MAX_CACHED });
  const isHashUsed = options.milter !== undefined;
  const check = new EdgeCheck(source, { needs, isHashUsed, healthUrl, onChange });
  await check.start();
  return {
    get state() {
      return check.state;
    },
    remembered: (ip, needed) => source.remembered(ip, needed, performance.now()),
    ask: (ip, needed, nowMs) => source.ask(ip, needed, nowMs),
    recheck: () => void check.check(),
    close: () => {
      check.stop();
      edge.close();
      return Promise.resolve();
    },
  };
}

/** Zones in this process, kept in step with the hub and on disk as the DNS edge keeps them. */
export async function openEmbeddedEdge(
  config: Config,
  memberPath: string | undefined,
  logger: Logger,
  { needs, onChange }: EdgeHooks,
): Promise<StandingEdge> {
  const hub = await openHub(config, memberPath);
  // A folder of its own: a DNS edge on the same machine writes its snapshots too.
  const folder = join(config.dataDir, 'policyd');
  const keys = new HubKeys(folder, () => hub.keys());
  const zones = new ServedZones();
  // All zones that hold addresses: a policy that is reloaded may ask for others.
  const followers = ZONE_NAMES.filter((zone) => zone !== 'domain' && zone !== 'hash').map(
    (zone) => new ZoneFollower(zone, zones, hub, keys, new SnapshotStore(folder, zone, keys, logger), logger),
  );
  for (const follower of followers) await follower.load();
  const { dnsMaxAgeSeconds: maxAgeSeconds } = config;
  const edge = new EmbeddedEdge(zones, { maxAgeSeconds, startedAtMs: performance.now() });
  let state = edge.stateAt(needs(), performance.now());
  onChange(state);
  const look = () => {
    const before = state;
    state = edge.stateAt(needs(), performance.now());
    if (textOf(state) !== textOf(before)) onChange(state);
  };
  zones.onChange(look);
  const timer = setInterval(look, AGE_PERIOD_MS).unref();
  for (const follower of followers) follower.start();
  return {
    get state() {
      return state;
    },
    remembered: (ip, needed) => edge.standing(ip, needed),
    ask: (ip, needed) => Promise.resolve(edge.standing(ip, needed)),
    recheck: look,
    close: async () => {
      clearInterval(timer);
      await Promise.all(followers.map((follower) => follower.stop()));
    },
  };
}

/** As a member, at the hub where it enrolled; without a member's directory as an edge of the operator. */
async function openHub(config: Config, memberPath: string | undefined): Promise<HubClient> {
  if (memberPath === undefined)
    return new HubClient(config.hubUrl, edgeAccess(await readEdgeToken(config.dataDir)));
  const directory = new MemberDirectory(memberPath);
  const { hubUrl } = await directory.open();
  return new HubClient(hubUrl.replace(/\/+$/, ''), new MemberAccess(() => directory.open()));
}

const textOf = (state: EdgeState) => (state.kind === 'bad' ? state.reason : state.kind);
