// What is healthy, decided from figures alone.
import { isSerialNewer } from '@sekisho/dns-wire';
import type { DatabaseExamination, ReplicaExamination } from '@sekisho/persistence';
import { ok, skipped, wrong, type Finding } from './finding.js';

/** PostgreSQL 14, as it numbers itself. */
const OLDEST_SERVER_VERSION = 140_000;
/** Receipts are scored within a second or two; the monitoring rules speak at the same figure. */
const UNSCORED_AT_MOST_SECONDS = 60;
/** Retention, review and epochs go by our clock, order of receipts by the database's too. */
const DATABASE_CLOCK_AT_MOST_MS = 2_000;
/** HTTP tells the hub's time in whole seconds; a minute is what signed requests allow. */
const HUB_CLOCK_AT_MOST_MS = 5_000;
/** PostgreSQL stops at a full disk; this is a day of a busy hub. */
const FREE_AT_LEAST_BYTES = 1024 ** 3;

const SET_CLOCK = 'keep the clock by NTP: timedatectl set-ntp true';

const inSeconds = (ms: number) => `${(Math.abs(ms) / 1_000).toFixed(1)} s ${ms < 0 ? 'behind' : 'ahead'}`;

export function judgeClock(of: 'database' | 'hub', aheadMs: number): Finding {
  const check = `clock, ${of}`;
  const atMostMs = of === 'database' ? DATABASE_CLOCK_AT_MOST_MS : HUB_CLOCK_AT_MOST_MS;
  if (Math.abs(aheadMs) <= atMostMs) return ok(check, `within ${String(atMostMs / 1_000)} s of ours`);
  return wrong(check, `${inSeconds(aheadMs)} of ours`, SET_CLOCK);
}

/** The database's own state: version, schema, size, and what waits to be scored. */
export function judgeDatabase(examined: DatabaseExamination): readonly Finding[] {
  const { serverVersion, pendingMigrations, unknownMigrations, sizeBytes } = examined;
  const version = `PostgreSQL ${String(Math.floor(serverVersion / 10_000))}.${String(serverVersion % 10_000)}`;
  return [
    serverVersion < OLDEST_SERVER_VERSION
      ? wrong('database', version, 'move to PostgreSQL 14 or later')
      : ok('database', `${version}, ${formatBytes(sizeBytes)}`),
    judgeClock('database', examined.clockAheadMs),
    judgeMigrations(pendingMigrations, unknownMigrations),
    judgeUnscored(examined.unscored),
  ];
}

function judgeMigrations(pending: readonly string[], unknown: readonly string[]): Finding {
  const check = 'migrations';
  if (unknown.length > 0) {
    return wrong(
      check,
      `the schema is of a newer release: ${unknown.join(', ')}`,
      'run that release here too: git pull && npm ci && npm run build',
    );
  }
  if (pending.length > 0) {
    return wrong(
      check,
      `missing: ${pending.join(', ')}`,
      'start a hub or worker with SEKISHO_MIGRATE=yes (the default); take a backup first',
    );
  }
  return ok(check, 'up to date');
}

function judgeUnscored({ receipts, oldestSeconds }: DatabaseExamination['unscored']): Finding {
  if (oldestSeconds <= UNSCORED_AT_MOST_SECONDS) return ok('scoring', 'no report waits for over a minute');
  return wrong(
    'scoring',
    `${String(receipts)} receipts wait, the oldest for ${String(Math.round(oldestSeconds))} s`,
    'see that a worker runs (sekisho worker) and read its log; more workers may run at once',
  );
}

export function judgeQueue(counts: { waiting: number; active: number; failed: number }): Finding {
  const found = `${String(counts.waiting)} waiting, ${String(counts.active)} running, ${String(counts.failed)} failed`;
  // Failures are kept as long as a thousand later ones do not push them out, so they are told and judged nowhere.
  return ok('queue', found);
}

/** A replica is used while it is 5 s behind or less; so much is written in that time by a busy hub. */
const BEHIND_AT_MOST_BYTES = 64 * 1024 ** 2;

export function judgeReplica({ isReplica, behindBytes }: ReplicaExamination): Finding {
  const check = 'replica';
  if (!isReplica) {
    return wrong(
      check,
      'what SEKISHO_DATABASE_REPLICA_URL names is no replica',
      'name a standby of SEKISHO_DATABASE_URL, or unset it: the primary answers meanwhile',
    );
  }
  const found = `${formatBytes(behindBytes)} behind`;
  if (behindBytes <= BEHIND_AT_MOST_BYTES) return ok(check, found);
  return wrong(check, found, 'see pg_stat_replication at the primary, and the load of the replica');
}

export function judgeDisk(freeBytes: number, path: string): Finding {
  const found = `${formatBytes(freeBytes)} free at ${path}`;
  if (freeBytes >= FREE_AT_LEAST_BYTES) return ok('disk', found);
  return wrong('disk', found, 'make room, or move SEKISHO_DATA_DIR while everything is stopped');
}

/** A server's serials against those of the database (none: only that it answers), RFC 1982. */
export function judgeSerials(
  check: string,
  served: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number> | undefined,
): Finding {
  const told = [...served].map(([zone, serial]) => `${zone} ${String(serial)}`).join(', ');
  if (!wanted) return ok(check, told);
  const behind = [...served].filter(([zone, serial]) =>
    isSerialNewer((wanted.get(zone) ?? 0) % 2 ** 32, serial),
  );
  if (behind.length === 0) return ok(check, `has every zone as the hub has it: ${told}`);
  return wrong(
    check,
    `is behind the hub: ${behind.map(([zone, serial]) => `${zone} ${String(serial)}, hub ${String(wanted.get(zone))}`).join('; ')}`,
    'its log says why it does not follow: hub away, wrong edge token or TSIG key, transfer refused',
  );
}

/** A file that only its account may read. */
export function judgeSecretFile(
  { name, path }: { readonly name: string; readonly path: string },
  mode: number | undefined,
  isNeeded: boolean,
): Finding {
  const check = `file ${name}`;
  if (mode === undefined) {
    return isNeeded
      ? wrong(
          check,
          'is not there',
          'bring it from the backup or from the first hub (docs/operate/backup.md)',
        )
      : skipped(check, 'is not there; the next start makes it');
  }
  if ((mode & 0o077) === 0) return ok(check, 'only its account may read it');
  return wrong(
    check,
    `mode ${(mode & 0o777).toString(8)}: others may read or change it`,
    `chmod 600 ${path}; if others have an account here, treat what is in it as known to them and replace it`,
  );
}

function formatBytes(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
}
