import { fetchZoneSnapshot } from '@sekisho/client';
import { readConfig, readEdgeToken } from '@sekisho/config';
import { decodeSnapshot, SnapshotDamaged, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';
import { openSession } from './member-session.js';

/** Where snapshots come from, and what a zone file says of whom they are from. */
export interface ZoneSource {
  readonly apex: string;
  readonly publicUrl: string;
  /** @throws what the hub or the file says */
  read(zone: ZoneName): Promise<ZoneIndex>;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The hub, as the operator's edge where its token is, otherwise as a member. */
export async function hubSource(options: { dir?: string }, context: CliContext): Promise<ZoneSource> {
  const config = readConfig(context.env);
  const isEdge = options.dir === undefined && existsSync(join(config.dataDir, 'keys', 'edge.token'));
  if (isEdge) {
    const token = await readEdgeToken(config.dataDir);
    const read = async (zone: ZoneName) => decode(zone, await fetchZoneSnapshot(config.hubUrl, zone, token));
    return { apex: config.zone, publicUrl: config.publicUrl, read };
  }
  const session = await openSession(options, context);
  const publicUrl = session.hub.endpoints.graphql.replace(/\/graphql\/?$/, '');
  return {
    apex: session.hub.zone.apex,
    publicUrl,
    read: async (zone) => decode(zone, await fetchZoneSnapshot(publicUrl, zone, await session.accessToken())),
  };
}

/** Snapshot files, such as an edge keeps in `edge` of its data directory. @throws {CommandFailed} */
export async function fileSource(
  paths: readonly string[],
  context: CliContext,
): Promise<ZoneSource & { readonly zones: readonly ZoneName[] }> {
  const config = readConfig(context.env);
  const indexes = new Map<ZoneName, ZoneIndex>();
  for (const path of paths) {
    const index = await readSnapshotFile(path);
    indexes.set(index.zone, index);
  }
  const read = (zone: ZoneName): Promise<ZoneIndex> => {
    const index = indexes.get(zone);
    if (index) return Promise.resolve(index);
    throw new CommandFailed(`no snapshot of zone ${zone} was given`, 'name its file with --snapshot');
  };
  return { apex: config.zone, publicUrl: config.publicUrl, zones: [...indexes.keys()], read };
}

async function readSnapshotFile(path: string): Promise<ZoneIndex> {
  try {
    return decodeSnapshot(await readFile(path), sha256);
  } catch (error) {
    if (error instanceof SnapshotDamaged) {
      throw new CommandFailed(`${path}: ${error.message}`, 'give a .snapshot file as an edge keeps it');
    }
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CommandFailed(`${path}: no such file`, 'check the path of --snapshot');
    }
    throw error;
  }
}

function decode(zone: ZoneName, bytes: Uint8Array): ZoneIndex {
  const index = decodeSnapshot(bytes, sha256);
  if (index.zone === zone) return index;
  throw new SnapshotDamaged(`it is of zone ${index.zone}, asked for was ${zone}`);
}
