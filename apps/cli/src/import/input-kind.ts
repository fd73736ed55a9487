import { MtaLogReader, readCsvHeader, type MessageFormat } from '@sekisho/evidence';

export const IMPORT_FORMATS = [
  'auto',
  'arf',
  'xarf',
  'dsn',
  'dmarc',
  'eml',
  'mbox',
  'maildir',
  'csv',
  'jsonl',
  'maillog',
] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** How the bytes of one file are cut, and what the pieces are. */
export type InputKind =
  | { readonly container: 'message' | 'mailbox'; readonly format: MessageFormat }
  | { readonly container: 'csv' | 'jsonl' | 'maillog' | 'xarf' | 'xml' | 'archive' };

const MESSAGE = ['arf', 'xarf', 'dsn', 'dmarc', 'eml'] as const;
const ARCHIVES = ['1f8b', '504b0304', '425a68', 'fd377a58', '28b52ffd', '377abcaf', '52617221'];

/** What a file is, by the format that was asked for and by how the file begins. */
export function kindOf(format: ImportFormat, head: Buffer): InputKind {
  const hex = head.subarray(0, 4).toString('hex');
  if (ARCHIVES.some((mark) => hex.startsWith(mark))) return { container: 'archive' };
  if (format === 'csv' || format === 'jsonl' || format === 'maillog') return { container: format };
  if (format === 'mbox') return { container: 'mailbox', format: 'auto' };
  const messageFormat = MESSAGE.find((one) => one === format) ?? 'auto';
  const text = head.toString('latin1').replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');
  const isFree = format === 'auto' || format === 'maildir';
  if (text.startsWith('{') && (format === 'auto' || format === 'xarf')) {
    return { container: isWholeObject(text) ? 'jsonl' : 'xarf' };
  }
  if (/^<(?:\?xml|feedback)\b/.test(text) && (format === 'auto' || format === 'dmarc'))
    return { container: 'xml' };
  if (/^From \S+ .*\d\d:\d\d/.test(text)) return { container: 'mailbox', format: messageFormat };
  if (!isFree || format === 'maildir') return { container: 'message', format: messageFormat };
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (isLogLine(line)) return { container: 'maillog' };
  if (!/^[\w-]+:/.test(line) && readCsvHeader(line)) return { container: 'csv' };
  return { container: 'message', format: 'auto' };
}

function isWholeObject(text: string): boolean {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

const isLogLine = (line: string) =>
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+: /.test(line) ||
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* /.test(line);

export const logReader = (now: number) =>
  new MtaLogReader({
    now,
    // The machine that reads a log without offsets is taken to be where it was written.
    localTime: (...clock) => new Date(...clock).getTime(),
  });
