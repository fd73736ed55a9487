import { formatListen, readConfig, type Config } from '@sekisho/config';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatPairs } from '../print/table.js';
import { startMachine } from '../up/machine.js';
import { waitForSignal } from '../up/wait-for-signal.js';
import { withExample } from './shared-options.js';

export function registerUp(program: Command, context: CliContext): void {
  const command = program
    .command('up')
    .description('run everything on this machine: database, hub, worker and DNS; Ctrl-C stops it');
  command.action(async () => {
    const config = readConfig(context.env);
    const stopped = waitForSignal();
    const machine = await startMachine(config, {
      env: context.env,
      onLine: (line) => {
        context.stderr.write(`${line}\n`);
      },
    });
    context.stdout.write(formatUp(config));
    await stopped;
    context.stdout.write('Sekisho is stopping.\n');
    await machine.stop();
  });
  withExample(command, 'SEKISHO_ZONE=rep.isp.example SEKISHO_HTTP=0.0.0.0:8080 sekisho up');
}

const formatUp = (config: Config): string =>
  `Sekisho is up. 起動しました。\n${formatPairs([
    ['  hub', `${config.publicUrl} (listening on ${formatListen(config.http)})`],
    ['  DNS', `${formatListen(config.dns)}, zones below ${config.zone}`],
    [
      '  database',
      config.databaseUrl === undefined ? `embedded, in ${config.dataDir}` : 'as SEKISHO_DATABASE_URL says',
    ],
  ])}Add a member: sekisho admin member add --id isp-a --name "ISP A" --network 192.0.2.0/24 --asn 64500\n`;
