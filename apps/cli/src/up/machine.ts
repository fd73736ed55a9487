// Everything of a hub on one machine: the embedded database if there is no other, and the processes on it.
import { formatListen, type Config } from '@sekisho/config';
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
  // Without a trustee elsewhere one runs here: its own process, directory and keys, and the same operator.
  const isTrusteeHere = config.trusteeUrl === undefined;
  const trustee = isTrusteeHere && {
    SEKISHO_TRUSTEE_URL: `http://${formatListen(config.trustee.http)}`,
    SEKISHO_TRUSTEE_MEMBERS: options.env['SEKISHO_TRUSTEE_MEMBERS'] ?? 'follow',
  };
  const env = {
    ...{ ...options.env, ...trustee },
    ...{ SEKISHO_DATABASE_URL: databaseUrl, SEKISHO_DATA_DIR: config.dataDir },
  };
  const processes = PROCESSES.filter(({ name }) => isTrusteeHere || name !== 'trustee');
  const supervisor = new Supervisor(processes, { env, onLine: options.onLine });
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
