// Logs of Postfix (smtpd, postscreen, anvil, amavis beside it), Exim (main and reject log) and Sendmail.
// Everything a client says may stand in a line, so a client's address is taken only from where the server writes it.
import {
  hastyEvent,
  judgeRefusal,
  rateEvent,
  withoutBrackets,
  type Client,
  type LogLine,
} from './refusal.js';
import { LIMITS } from './limits.js';
import { readEximLine, readSyslogLine, type LogClock, type SyslogLine } from './syslog-line.js';

/** Sendmail names the unknown recipient in one line and the client in a later one of the same queue id. */
const REMEMBERED_IDS = 1_000;

const UNRELATED: LogLine = { reason: 'line-unrelated' };

/** Reads the lines of one log in their order. */
export class MtaLogReader {
  private readonly unknownOf = new Map<string, number>();
  constructor(private readonly clock: LogClock) {}

  /** Total: any line gives an event or a reason. */
  read(line: string): LogLine {
    if (line.length > LIMITS.lineCharacters) return { reason: 'line-too-long' };
    const syslog = readSyslogLine(line, this.clock);
    const exim = syslog ? undefined : readEximLine(line, this.clock);
    if (exim) return readExim(exim);
    if (!syslog) return UNRELATED;
    if (syslog.program.startsWith('exim')) return readExim(readEximLine(syslog.text, this.clock) ?? syslog);
    if (syslog.program.startsWith('amavis')) return readAmavis(syslog);
    if (/postfix|postscreen|anvil/.test(syslog.program)) return readPostfix(syslog);
    if (/^(?:sendmail|sm-mta|sm-msp-queue)/.test(syslog.program)) return this.readSendmail(syslog);
    return UNRELATED;
  }

  private readSendmail({ at, text }: SyslogLine): LogLine {
    const id = /^([A-Za-z0-9]{8,20}): /.exec(text)?.[1];
    const rest = withoutBrackets(id === undefined ? text : text.slice(id.length + 2));
    if (/^(?:ruleset=check_\w+|Milter: )/.test(rest)) {
      const reject =
        /, (?:quarantine|discard|reject)=(.*)$/s.exec(rest)?.[1] ?? /\breject=(.*)$/s.exec(rest)?.[1];
      const client = relayOf(rest);
      return reject !== undefined && client ? judgeRefusal(reject, client, at) : UNRELATED;
    }
    if (rest.startsWith('<>... User unknown') && id !== undefined) {
      if (this.unknownOf.size >= REMEMBERED_IDS && !this.unknownOf.has(id)) {
        const [oldest] = this.unknownOf.keys();
        if (oldest !== undefined) this.unknownOf.delete(oldest);
      }
      this.unknownOf.set(id, (this.unknownOf.get(id) ?? 0) + 1);
      return UNRELATED;
    }
    const unknown = id === undefined ? undefined : this.unknownOf.get(id);
    if (id !== undefined && unknown !== undefined && rest.startsWith('from=')) {
      this.unknownOf.delete(id);
      const client = relayOf(rest);
      const found = client ? judgeRefusal('550 User unknown', client, at) : UNRELATED;
      return 'reason' in found ? found : { ...found, count: unknown };
    }
    const hasty = /^rejecting commands from (?:(\S+) )?\[([0-9a-f.:]+)\].* due to pre-greeting traffic/i.exec(
      rest,
    );
    if (hasty) return hastyEvent({ name: hasty[1], ip: withoutPrefix(hasty[2]) }, at);
    return /AUTH failure|authentication failure/.test(rest) ? { reason: 'login-failure' } : UNRELATED;
  }
}

/** `relay=name [192.0.2.1] (may be forged)`; undefined when a client managed to write a second one. */
function relayOf(text: string): Client | undefined {
  const found = [
    ...text.matchAll(/(?:^|, )relay=(?:([^\s,[\]]+)\.? )?\[([0-9A-Za-z.:]+)\]( \(may be forged\))?/g),
  ];
  const [only] = found;
  if (found.length !== 1 || !only) return undefined;
  return { name: only[3] === undefined ? only[1] : undefined, ip: withoutPrefix(only[2]) };
}

const withoutPrefix = (text: string | undefined) => text?.replace(/^IPv6:/i, '');

function readPostfix({ at, text }: SyslogLine): LogLine {
  const reject =
    /^(?:NOQUEUE|[0-9A-Za-z]{6,20}): (reject|milter-reject|discard): [A-Z-]+(?: command)? from ([^\s[]*)\[([0-9a-fA-F.:]+)\](?::\d+)?: (.*)$/s.exec(
      text,
    );
  if (reject) {
    const [, , name, ip, said = ''] = reject;
    // What follows is from=, to= and helo=, of the client's own choice.
    return judgeRefusal(said.split('; from=<', 1)[0] ?? '', { name, ip }, at);
  }
  const hasty = /^PREGREET \d+ after [\d.]+ from \[([0-9a-fA-F.:]+)\]:\d+:/.exec(text);
  if (hasty) return hastyEvent({ name: undefined, ip: hasty[1] }, at);
  const limit =
    /^warning: [A-Za-z ]+ rate limit exceeded: \d+ from ([^\s[]*)\[([0-9a-fA-F.:]+)\] for service/.exec(text);
  if (limit) return rateEvent({ name: limit[1], ip: limit[2] }, at);
  const errors = /^too many errors after [A-Z-]+(?: \(\d+ bytes\))? from ([^\s[]*)\[([0-9a-fA-F.:]+)\]/.exec(
    text,
  );
  if (errors) return rateEvent({ name: errors[1], ip: errors[2] }, at);
  if (/^warning: [^\s[]*\[[0-9a-fA-F.:]+\]: SASL \S+ authentication failed/.test(text))
    return { reason: 'login-failure' };
  if (/^DNSBL rank \d+ for/.test(text)) return { reason: 'verdict-of-a-list' };
  return UNRELATED;
}

function readAmavis({ at, text }: SyslogLine): LogLine {
  const match =
    /^\([\w-]+\) Blocked (SPAM(?:MY)?|INFECTED|BANNED) (?:\([^)]*\) )?(?:\{[^}]*\}, )?(?:LOCAL )?\[([0-9a-fA-F.:]+)\]/.exec(
      text,
    );
  if (!match) return UNRELATED;
  const [, kind, ip] = match;
  if (kind === 'BANNED') return { reason: 'policy-reject' };
  return judgeRefusal(kind === 'INFECTED' ? 'virus' : 'spam', { name: undefined, ip }, at);
}

/** Before an optional queue id stands nothing that a client could write. */
const EXIM_HOST =
  /^(?:[\w-]{13,24} )?H=(?:([^\s()[\]]+) )?(?:\([^()]{0,300}\) )?\[([0-9a-fA-F.:]+)\](?::\d+)?/;

function readExim({ at, text }: SyslogLine): LogLine {
  if (/^\S+ authenticator failed/.test(text)) return { reason: 'login-failure' };
  const hasty =
    /^SMTP protocol synchronization error \(input sent without waiting for greeting\): rejected connection from H=(?:([^\s()[\]]+) )?(?:\([^()]{0,300}\) )?\[([0-9a-fA-F.:]+)\]/.exec(
      text,
    );
  if (hasty) return hastyEvent({ name: hasty[1], ip: hasty[2] }, at);
  const host = EXIM_HOST.exec(text);
  if (!host) return UNRELATED;
  const client = { name: host[1], ip: host[2] };
  const rest = withoutBrackets(text.slice(host[0].length));
  const reply =
    /\s(temporarily )?(?:rejected (?:RCPT|MAIL|EHLO or HELO|connection|after DATA|DATA|VRFY)|rejected by)\b[^:]*:? ?(.*)$/s.exec(
      rest,
    );
  if (!reply) return UNRELATED;
  return judgeRefusal(`${reply[1] === undefined ? '550' : '450'} ${reply[2] ?? ''}`, client, at);
}
