// Connections to port 25, from what routers, firewalls and mail servers write: nfdump's CSV, conntrack's events, the LOG targets of
// iptables and nftables, and the connect lines of Postfix, postscreen, Exim and Sendmail.
import { LIMITS } from './limits.js';
import type { Skip } from './skip-reason.js';
import { readEximLine, readSyslogLine, type LogClock, type SyslogLine } from './syslog-line.js';

/** One connection towards a mail server. */
export interface MailFlow {
  readonly source: string;
  /** Undefined: the mail server that wrote the line. */
  readonly destination: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const UNRELATED: Skip = { reason: 'line-unrelated' };
const OTHER_PORT: Skip = { reason: 'not-port-25' };
const SMTP_PORT = '25';

/** Names of nfdump 1.6 and 1.7, and of its CSV since 1.7.3. */
const COLUMNS = {
  at: ['ts', 'firstseen'],
  source: ['sa', 'srcaddr'],
  destination: ['da', 'dstaddr'],
  port: ['dp', 'dstport'],
  protocol: ['pr', 'proto'],
} as const;
type Columns = Readonly<Record<keyof typeof COLUMNS, number>>;

/** Bounded, because what stands in a log is anybody's: two addresses and their ports. */
const CONNTRACK = /\bsrc=([\w.:]{2,45}) dst=([\w.:]{2,45}) sport=\d{1,5} dport=(\d{1,5})/;

/** Reads the lines of one input in their order. */
export class FlowReader {
  private columns: Columns | undefined;

  constructor(private readonly clock: LogClock) {}

  /** Total: any line gives a connection or a reason. */
  read(line: string): MailFlow | Skip {
    if (line.length > LIMITS.lineCharacters) return { reason: 'line-too-long' };
    const columns = readHeader(line);
    if (columns) {
      this.columns = columns;
      return UNRELATED;
    }
    if (CONNTRACK.test(line)) return this.readConntrack(line);
    const syslog = readSyslogLine(line, this.clock);
    if (syslog) return readSyslog(syslog);
    if (this.columns && line.includes(',')) return this.readRow(line.split(','), this.columns);
    const exim = readEximLine(line, this.clock);
    return exim ? readConnect(exim) : UNRELATED;
  }

  private readRow(cells: readonly string[], columns: Columns): MailFlow | Skip {
    const cell = (name: keyof Columns) => (cells[columns[name]] ?? '').trim();
    const at = this.localTime(cell('at'));
    if (at === undefined) return UNRELATED;
    if (cell('port') !== SMTP_PORT || !/^(?:tcp|6)$/i.test(cell('protocol'))) return OTHER_PORT;
    return { source: cell('source'), destination: cell('destination'), at };
  }

  /** nfdump writes the wall clock of the machine that runs it. */
  private localTime(text: string): number | undefined {
    const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
    if (!match) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    const at = this.clock.localTime(year, month - 1, day, hour, minute, second);
    return Number.isNaN(at) ? undefined : at;
  }

  /** `conntrack -E -e NEW -o timestamp`; the first src= and dst= are those of whoever began. */
  private readConntrack(line: string): MailFlow | Skip {
    // Its end, and what it became, is the same connection once more.
    if (/\[(?:DESTROY|UPDATE)\]/.test(line)) return UNRELATED;
    const [, source = '', destination, port] = CONNTRACK.exec(line) ?? [];
    if (port !== SMTP_PORT || !/\btcp\b/.test(line)) return OTHER_PORT;
    const stamp = /^\s*\[(\d{9,11})(?:\.\d+)?\s*\]/.exec(line)?.[1];
    return { source, destination, at: stamp === undefined ? this.clock.now : Number(stamp) * 1_000 };
  }
}

function readHeader(line: string): Columns | undefined {
  const names = line
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const found = Object.entries(COLUMNS).map(([name, forms]) => [
    name,
    names.findIndex((one) => (forms as readonly string[]).includes(one)),
  ]);
  return found.every(([, at]) => Number(at) >= 0) ? (Object.fromEntries(found) as Columns) : undefined;
}

function readSyslog(line: SyslogLine): MailFlow | Skip {
  if (!line.program.startsWith('kernel')) return readConnect(line);
  const { at, text } = line;
  const value = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(text)?.[1];
  const source = value('SRC');
  if (source === undefined) return UNRELATED;
  if (value('DPT') !== SMTP_PORT || value('PROTO') !== 'TCP') return OTHER_PORT;
  return { source, destination: value('DST'), at };
}

/** Who connected to this mail server. Submission services are other programs, as master.cf names them. */
function readConnect({ at, program, text }: SyslogLine): MailFlow | Skip {
  const form = /^(?:postfix|postfix-[\w-]+)\/(?:smtpd|postscreen)$/.test(program)
    ? /^connect from \S*?\[([0-9a-fA-F.:]+)\](?::\d+)?(?: to \[[^\]]*\]:25)?$/i
    : program.startsWith('exim')
      ? /^SMTP connection from (?:\S+ )?(?:\([^()]{0,300}\) )?\[([0-9a-fA-F.:]+)\](?!.* (?:closed|lost|D=))/
      : /^(?:sendmail|sm-mta)$/.test(program)
        ? /: SMTP connect from \S*\s?\[(?:IPv6:)?([0-9a-fA-F.:]+)\]/
        : undefined;
  const source = form?.exec(text)?.[1];
  return source === undefined ? UNRELATED : { source, destination: undefined, at };
}
