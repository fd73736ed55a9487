// Everything of a hub on one machine: the embedded database if there is no other, and the processes on it.
import type { Config } from '@sekisho/config';
import { PROCESSES } from '../process-table.js';
import { Supervisor } from './supervisor.js';

export interface Machine {
  /** What the processes run with: SEKISHO_DATABASE_URL is set in any case. */
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** @throws {DataDirectoryInUse | EmbeddedDatabaseFailed | ProcessStartFailed} and then nothing is left running */
export async function startMachine(
  config: Config,
  options: { env: Readonly<Record<string, string | undefined>>; onLine: (line: string) => void },
): Promise<Machine> {
  const { startEmbeddedDatabase } = await import('@sekisho/persistence');
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedDatabase({ dataDir: config.dataDir }) : undefined;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  const env = { ...options.env, SEKISHO_DATABASE_URL: databaseUrl, SEKISHO_DATA_DIR: config.dataDir };
  const supervisor = new Supervisor(PROCESSES, { env, onLine: options.onLine });
  const stop = async () => {
    await supervisor.stop();
    await embedded?.stop();
  };
  try {
    await supervisor.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { databaseUrl, stop };
}
