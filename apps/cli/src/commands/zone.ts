import { isZoneName, ZONE_NAMES, type ZoneName, type ZoneSnapshot } from '@sekisho/zone';
import {
  bindLines,
  originOf,
  policyOrigin,
  rbldnsdLines,
  rpzLines,
  type ExportOptions,
} from '@sekisho/zone-export';
import { Option, type Command } from 'commander';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatTable } from '../print/table.js';
import {
  commandPath,
  readInteger,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';
import { fileSource, hubSource } from './zone-source.js';

interface Format {
  /** The end of the file's name. */
  readonly suffix: string;
  readonly zones: readonly ZoneName[];
  readonly lines: (snapshot: ZoneSnapshot, options: ExportOptions) => Generator<string>;
  readonly origin: (zone: ZoneName, options: ExportOptions) => string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  rbldnsd: { suffix: 'rbldnsd', zones: ZONE_NAMES, lines: rbldnsdLines, origin: originOf },
  rpz: {
    suffix: 'zone',
    zones: ZONE_NAMES.filter((zone) => zone !== 'hash' && zone !== 'score'),
    lines: rpzLines,
    origin: policyOrigin,
  },
  bind: { suffix: 'zone', zones: ZONE_NAMES, lines: bindLines, origin: originOf },
};

interface ExportCommandOptions extends DirectoryOption, JsonOption {
  readonly format: string;
  readonly zone?: readonly ZoneName[];
  readonly out?: string;
  readonly snapshot?: readonly string[];
  readonly serial?: number;
}

interface WrittenZone {
  readonly zone: ZoneName;
  readonly origin: string;
  readonly serial: number;
  readonly entries: number;
  readonly file: string;
}

export function registerZone(program: Command, context: CliContext): void {
  const zone = program.command('zone').description('zone files for other name servers');
  const command = zone.command('export').description('write zones as files that other programs load');
  command
    .addOption(
      new Option('--format <format>', 'who loads it').choices(Object.keys(FORMATS)).makeOptionMandatory(),
    )
    .option(
      '--zone <name>',
      `may be repeated (default: all that the format can hold; zones: ${ZONE_NAMES.join(', ')})`,
      (text: string, before: readonly ZoneName[] | undefined) => [...(before ?? []), readZone(command, text)],
    )
    .option('--out <dir>', 'write a file for each zone there (default: one zone to standard output)')
    .option(
      '--snapshot <file>',
      'read a snapshot file instead of asking the hub; may be repeated',
      (path: string, before: readonly string[] | undefined) => [...(before ?? []), path],
    )
    .option(
      '--serial <number>',
      "the SOA's serial (default: the zone's)",
      usage(command, readInteger('--serial', 1, 2 ** 32 - 1)),
    );
  withJson(withDirectory(command)).action(async (options: ExportCommandOptions) => {
    await exportZones(command, options, context);
  });
  withExample(
    command,
    'sekisho zone export --format rbldnsd --zone ip --out /var/lib/rbldnsd',
    'sekisho zone export --format rpz --zone domain --snapshot /var/lib/sekisho/edge/domain.42.snapshot',
  );
  withExample(zone, 'sekisho zone export --format rbldnsd --zone ip --out /var/lib/rbldnsd');
}

function readZone(command: Command, text: string): ZoneName {
  if (isZoneName(text)) return text;
  throw new UsageFault(
    `--zone: no zone ${JSON.stringify(text)}. Zones: ${ZONE_NAMES.join(', ')}`,
    `${commandPath(command)} --help`,
  );
}

async function exportZones(
  command: Command,
  options: ExportCommandOptions,
  context: CliContext,
): Promise<void> {
  const help = `${commandPath(command)} --help`;
  const format = FORMATS[options.format];
  if (!format) throw new UsageFault(`no format ${options.format}`, help);
  for (const zone of options.zone ?? []) {
    if (!format.zones.includes(zone))
      throw new UsageFault(`${options.format} cannot hold zone ${zone}`, help);
  }
  if (options.out === undefined && !options.zone && !options.snapshot) {
    throw new UsageFault('several zones need --out; name one with --zone for standard output', help);
  }
  const files = options.snapshot && (await fileSource(options.snapshot, context));
  const zones = options.zone ?? format.zones.filter((zone) => files?.zones.includes(zone) ?? true);
  if (options.out === undefined && zones.length > 1) {
    throw new UsageFault('several zones need --out; name one with --zone for standard output', help);
  }
  const source = files ?? (await hubSource(options, context));
  const written: WrittenZone[] = [];
  for (const zone of zones) {
    const snapshot = (await source.read(zone)).toSnapshot();
    const serial = options.serial ?? snapshot.serial % 2 ** 32;
    const given = { apex: source.apex, publicUrl: source.publicUrl, serial };
    const chunks = inChunks(format.lines(snapshot, given));
    if (options.out === undefined) {
      for (const chunk of chunks) context.stdout.write(chunk);
      return;
    }
    const origin = format.origin(zone, given);
    const file = join(options.out, `${origin}.${format.suffix}`);
    await writeWhole(options.out, file, chunks);
    written.push({ zone, origin, serial, entries: snapshot.entries.length, file });
  }
  context.stdout.write(options.json ? toJson(written) : tableOf(written));
}

const tableOf = (written: readonly WrittenZone[]): string =>
  formatTable(
    [
      { title: 'ZONE' },
      { title: 'SERIAL', isNumber: true },
      { title: 'ENTRIES', isNumber: true },
      { title: 'FILE' },
    ],
    written.map(({ origin, serial, entries, file }) => [
      origin,
      String(serial),
      entries.toLocaleString('en'),
      file,
    ]),
  );

const CHUNK_CHARACTERS = 65_536;

function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** Who reads the file meanwhile has the old one or the new one, whole. */
async function writeWhole(folder: string, path: string, chunks: Iterable<string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o644);
  try {
    for (const chunk of chunks) await file.write(chunk);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
