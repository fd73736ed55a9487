// Real reports as members of an exchange would have sent them, from the files that shared/data/README.md describes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Category, Evidence } from '@sekisho/report';

/** One feed of a member: its reports have one category and one class of evidence. */
export interface Channel {
  readonly feed: string;
  readonly member: string;
  readonly category: Category;
  readonly evidence: Evidence;
}

/** Reports in order of time, as columns; row i is one add or removal. */
export interface Window {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly channels: readonly Channel[];
  readonly time: Float64Array;
  readonly channel: Uint8Array;
  /** IPv4 address as a number. */
  readonly subject: Uint32Array;
  /** 1: no longer on the feed ("not seen again"). */
  readonly ended: Uint8Array;
  /** 1: a report that was not on this feed for an hour or more before. */
  readonly fresh: Uint8Array;
}

/** Absences shorter than this are incomplete downloads, not news. */
const ABSENCE_MS = 3_600_000;

const EVIDENCE_OF: Readonly<Record<string, Evidence>> = {
  nixspam: 'trap',
  blocklist_de_mail: 'filter',
  bi_mail_2_30d: 'filter',
  blocklist_net_ua: 'filter',
  iw_spamlist: 'filter',
  packetmail_mail: 'filter',
  gpf_comics: 'filter',
  urandomusto_mailer: 'filter',
  virbl: 'malware',
  blocklist_de_imap: 'auth-failure',
  blocklist_de_ssh: 'auth-failure',
  blocklist_de_ftp: 'auth-failure',
  blocklist_de_bruteforce: 'auth-failure',
  bruteforceblocker: 'auth-failure',
  openbl_1d: 'auth-failure',
  greensnow: 'auth-failure',
  bi_any_2_1d: 'auth-failure',
};

interface Row {
  readonly time: number;
  readonly channel: number;
  readonly subject: number;
  readonly ended: boolean;
}

const unzip = (path: string) => gunzipSync(readFileSync(path)).toString('utf8');
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

export function parseIpv4(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export const formatIpv4 = (ip: number) =>
  [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255].join('.');

/** The feeds of 2016; `month` is 08 or 12. */
export function readMailFeeds(data: string, month: '08' | '12'): Window {
  const [, ...feeds] = linesOf(readFileSync(join(data, 'ip/feeds.tsv'), 'utf8'));
  const channels = feeds.map((line): Channel => {
    const [feed = '', member = '', kind = ''] = line.split('\t');
    const category = kind === 'spam-source' ? 'spam-source' : 'zombie';
    return { feed, member, category, evidence: EVIDENCE_OF[feed] ?? 'rate' };
  });
  const indexOf = new Map(channels.map(({ feed }, i) => [feed, i]));
  const folder = join(data, `ip/mail-feeds-2016-${month}`);
  const events = linesOf(unzip(join(folder, 'events.tsv.gz'))).flatMap((line) => {
    const [time = '', feed = '', sign, ip = ''] = line.split('\t');
    return toRows(Number(time) * 1_000, indexOf.get(feed), ip, sign === '-');
  });
  const start = events[0]?.time ?? 0;
  const initial = linesOf(unzip(join(folder, 'initial.tsv.gz'))).flatMap((line) => {
    const [feed = '', ip = ''] = line.split('\t');
    return toRows(start, indexOf.get(feed), ip, false);
  });
  return toWindow(`2016-${month}`, channels, initial, events);
}

/** Sensors of single operators: file stem to member, all of them attacks on logins and the like. */
export function readOperators(data: string, name: string, members: readonly string[]): Window {
  const channels = members.map((member): Channel => ({
    feed: member,
    member,
    category: 'zombie',
    evidence: 'rate',
  }));
  const folder = join(data, `ip/operators-${name}`);
  const events = members.flatMap((member, channel) =>
    linesOf(unzip(join(folder, `${member}.events.tsv.gz`))).flatMap((line) => {
      const [time = '', sign, ip = ''] = line.split('\t');
      return toRows(Number(time) * 1_000, channel, ip, sign === '-');
    }),
  );
  const start = events.reduce((least, { time }) => Math.min(least, time), Infinity);
  const initial = members.flatMap((member, channel) =>
    linesOf(unzip(join(folder, `${member}.initial.txt.gz`))).flatMap((ip) =>
      toRows(start, channel, ip, false),
    ),
  );
  return toWindow(name, channels, initial, events);
}

/** A network stands for its addresses; the few wider than a /24 say too little about each. */
function toRows(time: number, channel: number | undefined, text: string, ended: boolean): Row[] {
  const [ip = '', length = '32'] = text.split('/');
  if (channel === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(ip))
    throw new Error(`unknown feed or address: ${text}`);
  const size = 2 ** (32 - Number(length));
  if (size > 256) return [];
  const first = parseIpv4(ip);
  return Array.from({ length: size }, (_, i) => ({ time, channel, subject: first + i, ended }));
}

function toWindow(name: string, channels: readonly Channel[], initial: Row[], events: Row[]): Window {
  const rows = [...initial, ...events].sort((a, b) => a.time - b.time);
  const start = rows[0]?.time ?? 0;
  const fresh = new Uint8Array(rows.length);
  const goneSince = new Map<number, number>();
  for (const [i, { time, channel, subject, ended }] of rows.entries()) {
    const key = subject * 256 + channel;
    if (ended) {
      goneSince.set(key, time);
    } else {
      // Never seen in the window is taken as gone long enough; the list that it starts from is not new.
      fresh[i] = i >= initial.length && time - (goneSince.get(key) ?? -Infinity) >= ABSENCE_MS ? 1 : 0;
      goneSince.set(key, Infinity);
    }
  }
  return {
    name,
    start,
    end: rows.at(-1)?.time ?? start,
    channels,
    time: Float64Array.from(rows, ({ time }) => time),
    channel: Uint8Array.from(rows, ({ channel }) => channel),
    subject: Uint32Array.from(rows, ({ subject }) => subject),
    ended: Uint8Array.from(rows, ({ ended }) => (ended ? 1 : 0)),
    fresh,
  };
}
