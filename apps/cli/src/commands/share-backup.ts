import { createPrivateFile, readConfig } from '@sekisho/config';
import {
  generateBackupKey,
  openBackup,
  sealBackup,
  ShareStore,
  type BackupLock,
  type Party,
  type ShareStoreOptions,
} from '@sekisho/evaluation';
import { loadSuite } from '@sekisho/oprf';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../context.js';
import { CommandFailed, UsageFault } from '../failure.js';
import { formatPairs } from '../print/table.js';
import { commandPath, toJson, withExample, withJson, type JsonOption } from './shared-options.js';

interface LockOptions extends JsonOption {
  readonly passphraseFile?: string;
}

/** `backup`, `restore` and `backup-key` of one party's half of the subscriber keys, on that party's machine. */
export function registerShareBackup(parent: Command, context: CliContext, party: Party): void {
  registerBackup(parent, context, party);
  registerRestore(parent, context, party);
  registerBackupKey(parent, context);
}

function registerBackup(parent: Command, context: CliContext, party: Party): void {
  const command = parent
    .command('backup')
    .description('seal the key shares of the living months into a file, to be kept elsewhere');
  command
    .argument('<file>', 'a new file')
    .option('--passphrase-file <file>', 'seal with the passphrase in this file (16 characters or more)')
    .option(
      '--to <file>',
      'seal to this public key (backup-key makes one), so that no secret is needed here',
    );
  withJson(command).action(async (file: string, options: LockOptions & { to?: string }) => {
    const lock = await lockOf(options, options.to, command);
    const place = placeOf(party, context);
    const store = await ShareStore.open(place, await loadSuite());
    const shares = store.exportSecrets();
    if (shares.length === 0) {
      throw new CommandFailed(
        `there is no key share in ${place.dir}`,
        `run it on the ${party}'s machine with its environment: ${party === 'hub' ? 'SEKISHO_DATA_DIR' : 'SEKISHO_TRUSTEE_DIR'}`,
      );
    }
    const sealed = await sealBackup({ party, madeAt: new Date(context.now()), shares }, lock);
    for (const { secret } of shares) secret.fill(0);
    await createNew(file, `${sealed}\n`);
    const months = shares.map(({ epoch }) => epoch).sort();
    context.stdout.write(
      options.json
        ? toJson({ file, party, months })
        : formatPairs([
            ['sealed', file],
            ['months', months.join(' ')],
            ['destroy it by', `the end of ${months.at(-1) ?? ''}, when a newer one is made`],
          ]),
    );
  });
  withExample(command, `${commandPath(command)} shares.jwe --passphrase-file passphrase.txt`);
}

function registerRestore(parent: Command, context: CliContext, party: Party): void {
  const command = parent
    .command('restore')
    .description('put the key shares of a backup back; stop the process first, and start it afterwards');
  command
    .argument('<file>', 'what backup wrote')
    .option('--passphrase-file <file>', 'the passphrase is in this file')
    .option('--key <file>', 'the private key that it was sealed to')
    .option('--replace', 'also where another share of the month is, such as one made after the loss');
  interface RestoreOptions extends LockOptions {
    readonly key?: string;
    readonly replace?: true;
  }
  withJson(command).action(async (file: string, options: RestoreOptions) => {
    const lock = await lockOf(options, options.key, command);
    const backup = await openBackup(await readFile(file, 'utf8'), lock);
    if (backup.party !== party) {
      throw new CommandFailed(
        `this is a backup of the ${backup.party}'s shares, and this is the ${party}`,
        'both halves in one place are the whole key: take it back to whom it belongs',
      );
    }
    const done = await ShareStore.restore(placeOf(party, context), await loadSuite(), {
      ...{ shares: backup.shares, now: new Date(context.now()), isReplacing: options.replace === true },
    });
    context.stdout.write(
      options.json
        ? toJson(done)
        : formatPairs(
            Object.entries(done).map(([name, months]): [string, string] => [name, months.join(' ') || '-']),
          ),
    );
  });
  withExample(command, `${commandPath(command)} shares.jwe --passphrase-file passphrase.txt`);
}

function registerBackupKey(parent: Command, context: CliContext): void {
  const command = parent
    .command('backup-key')
    .description('make a key pair for backups: FILE opens them and belongs elsewhere, FILE.pub seals them');
  withJson(command.argument('<file>', 'a new file')).action(async (file: string, options: JsonOption) => {
    const { privateJwk, publicJwk } = await generateBackupKey();
    await createNew(file, `${JSON.stringify(privateJwk)}\n`);
    await writeFile(`${file}.pub`, `${JSON.stringify(publicJwk)}\n`);
    context.stdout.write(
      options.json
        ? toJson({ privateKey: file, publicKey: `${file}.pub` })
        : formatPairs([
            ['opens backups', `${file} (take it away from here)`],
            ['seals backups', `${file}.pub`],
          ]),
    );
  });
  withExample(command, `${commandPath(command)} backup.jwk`);
}

function placeOf(party: Party, { env }: CliContext): ShareStoreOptions {
  const { dataDir, trustee } = readConfig(env);
  return party === 'hub'
    ? { dir: join(dataDir, 'keys', 'oprf') }
    : { dir: join(trustee.dir, 'shares'), sealKeyPath: trustee.sealKeyPath };
}

async function lockOf(
  { passphraseFile }: LockOptions,
  keyFile: string | undefined,
  command: Command,
): Promise<BackupLock> {
  if ((passphraseFile === undefined) === (keyFile === undefined)) {
    throw new UsageFault('one of a passphrase and a key is needed', `${commandPath(command)} --help`);
  }
  if (keyFile === undefined) {
    return { passphrase: (await readFile(passphraseFile ?? '', 'utf8')).replace(/\r?\n$/, '') };
  }
  try {
    return { jwk: JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, string> };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandFailed(`${keyFile} is no key`, 'give a file that backup-key made');
  }
}

async function createNew(file: string, content: string): Promise<void> {
  if (await createPrivateFile(file, content)) return;
  throw new CommandFailed(`${file} is there already`, 'name a new file');
}
