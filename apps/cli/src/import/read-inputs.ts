import {
  LIMITS,
  readCsvHeader,
  readCsvRow,
  readDmarcXml,
  readEvidence,
  readJsonLine,
  readXarfText,
  Sightings,
  type EvidenceRules,
  type Finding,
  type MessageFormat,
  type RowRules,
  type SkipReason,
} from '@sekisho/evidence';
import type { ReportInput } from '@sekisho/report';
import { readByteLines, type ByteLine } from './byte-lines.js';
import type { ContentPrint } from './content-print.js';
import type { ImportState, Mark } from './import-state.js';
import type { InputFile } from './input-file.js';
import { kindOf, logReader, type ImportFormat } from './input-kind.js';
import { readMailbox } from './mailbox.js';
import { digestOf, Place } from './place.js';

export interface ImportRules {
  readonly format: ImportFormat;
  readonly evidence: Omit<EvidenceRules, 'format'>;
  readonly rows: RowRules;
  /** Undefined: reports carry no fingerprint. */
  readonly print: ContentPrint | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What one message, row or stretch of a log gave. */
export interface Step {
  /** Messages, rows or lines. */
  readonly read: number;
  readonly reports: readonly ReportInput[];
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** What to remember of it. */
  readonly marks: readonly Mark[];
}

/** Lines without an event that are read before the place is remembered. */
const LINES_A_STEP = 20_000;

/** Reads one input from where it was left. Any bytes give steps; only an input that cannot be read throws. */
export async function* readInput(
  file: InputFile,
  state: ImportState | undefined,
  rules: ImportRules,
): AsyncGenerator<Step, void, undefined> {
  if (file.head.length === 0) return;
  const kind = kindOf(rules.format, file.head);
  switch (kind.container) {
    case 'archive':
      yield step({ reports: [], skipped: [{ reason: 'archive-not-opened' }] });
      return;
    case 'message': {
      const bytes = await firstBytes(file, LIMITS.messageBytes + 1);
      yield* once(state, bytes, () => readPrinted(bytes, kind.format, rules));
      return;
    }
    case 'xarf':
    case 'xml': {
      const bytes = await firstBytes(file, LIMITS.messageBytes + 1);
      const read = kind.container === 'xarf' ? readXarfText : readDmarcXml;
      yield* once(state, bytes, () => read(bytes.toString('utf8')));
      return;
    }
    case 'mailbox': {
      const place = await Place.of(file, state);
      for await (const { bytes, end, lastLine } of readMailbox(file.chunks(place.from), place.from)) {
        const found = () => readPrinted(bytes, kind.format, rules);
        for (const one of once(state, bytes, found)) {
          yield file.isSeekable ? { ...one, marks: [...one.marks, place.markAt(end, lastLine)] } : one;
        }
      }
      return;
    }
    case 'maillog':
      yield* readLog(file, await Place.of(file, state), rules);
      return;
    case 'csv':
    case 'jsonl':
      yield* readRows(file, kind.container, await Place.of(file, state), rules.rows);
  }
}

const step = (found: Finding, marks: readonly Mark[] = [], read = 1): Step => {
  const skipped = new Map<SkipReason, number>();
  for (const { reason } of found.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  return { read, reports: found.reports, skipped, marks };
};

function readPrinted(bytes: Buffer, format: MessageFormat, { evidence, print }: ImportRules): Finding {
  const found = readEvidence(bytes, { ...evidence, format });
  return print ? { reports: print.addTo(found), skipped: found.skipped } : found;
}

/** A message is known by its bytes: a maildir renames its files. */
function* once(state: ImportState | undefined, bytes: Buffer, find: () => Finding): Generator<Step> {
  const digest = digestOf(bytes);
  if (state?.claimMessage(digest) === false) {
    yield step({ reports: [], skipped: [{ reason: 'already-imported' }] });
  } else yield step(find(), [{ kind: 'message', digest }]);
}

async function firstBytes(file: InputFile, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.chunks(0)) {
    pieces.push(chunk);
    length += chunk.length;
    if (length >= limitBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, limitBytes);
}

async function* readLog(
  file: InputFile,
  place: Place,
  { now }: ImportRules,
): AsyncGenerator<Step, void, undefined> {
  const reader = logReader(now);
  const sightings = new Sightings();
  const skipped = new Map<SkipReason, number>();
  let read = 0;
  let last: ByteLine | undefined;
  const flush = (line: ByteLine): Step => {
    const found = step(sightings.drain(), [place.markOf(line)], read);
    for (const [reason, count] of found.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + count);
    const taken = { ...found, skipped: new Map(skipped) };
    skipped.clear();
    read = 0;
    return taken;
  };
  for await (const line of readByteLines(file.chunks(place.from), {
    from: place.from,
    limitBytes: LIMITS.lineCharacters,
  })) {
    // Whoever writes the log has not finished this line.
    if (!line.isEnded && file.isSeekable) break;
    place.pass(line.bytes);
    read += 1;
    last = line;
    const event = line.isCut
      ? ({ reason: 'line-too-long' } as const)
      : reader.read(line.bytes.toString('utf8'));
    if ('reason' in event) skipped.set(event.reason, (skipped.get(event.reason) ?? 0) + 1);
    else sightings.add(event);
    if (sightings.isFull || (read >= LINES_A_STEP && sightings.isEmpty)) yield flush(line);
  }
  if (last && read > 0) yield flush(last);
}

async function* readRows(
  file: InputFile,
  format: 'csv' | 'jsonl',
  place: Place,
  rules: RowRules,
): AsyncGenerator<Step, void, undefined> {
  const headEnd = file.head.indexOf(0x0a);
  const head = file.head.subarray(0, headEnd < 0 ? file.head.length : headEnd).toString('utf8');
  const columns = format === 'csv' ? readCsvHeader(head.replace(/\r$/, '')) : [];
  if (!columns) {
    yield step({
      reports: [],
      skipped: [{ reason: 'row-malformed', detail: 'no head line with a subject' }],
    });
    return;
  }
  let isHead = format === 'csv' && place.from === 0;
  for await (const line of readByteLines(file.chunks(place.from), {
    from: place.from,
    limitBytes: LIMITS.lineCharacters,
  })) {
    place.pass(line.bytes);
    const text = line.bytes.toString('utf8').replace(/\r$/, '');
    if (isHead || text.trim() === '') {
      isHead = false;
      continue;
    }
    const marks = [place.markOf(line)];
    if (line.isCut) yield step({ reports: [], skipped: [{ reason: 'line-too-long' }] }, marks);
    else yield step(format === 'csv' ? readCsvRow(text, columns, rules) : readJsonLine(text, rules), marks);
  }
}
