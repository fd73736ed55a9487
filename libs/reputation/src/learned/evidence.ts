import { HOUR_S } from './observation.js';

/** What one channel (reporter, category, evidence class) has said about one subject. Times in seconds since 1970. */
export interface ReportState {
  readonly channel: number;
  /** Last time it was news: first sight, or seen again after an hour of absence. */
  lastNewAt: number;
  lastAt: number;
  /** Separate times it was news. */
  episodes: number;
  /** 0 while it stands. */
  endedAt: number;
  /** False for what a reporter brings along when it joins: nobody knows how old that is. */
  ageKnown: boolean;
  count: number;
  /** The episode that another voice has confirmed; 0: none. */
  confirmedEpisode: number;
}

/** What is known about a subject's network apart from the subject itself: new reports with their decay, per reporter. */
export interface NetworkCount {
  readonly reporter: number;
  /** Half-life 3 h, as of `at`. */
  fast: number;
  /** Half-life 24 h, as of `at`. */
  slow: number;
  /** Seconds since 1970. */
  at: number;
  /** Subjects it has ever reported there. */
  known: number;
}

export interface Neighbourhood {
  /** /24 or /64. */
  readonly near: readonly NetworkCount[];
  /** /16 or /48. */
  readonly wide: readonly NetworkCount[];
}

export const NO_NEIGHBOURHOOD: Neighbourhood = { near: [], wide: [] };

export const FAST_S = 3 * HOUR_S;
export const SLOW_S = 24 * HOUR_S;

/** 2^(-age/halfLife), 0..1; a time ahead counts as now. */
export const fade = (ageS: number, halfLifeS: number) => (ageS <= 0 ? 1 : 2 ** (-ageS / halfLifeS));

/** The networks of an IP address: [/24, /16] or [/64, /48]; nothing for other subjects. */
export function networksOf(subject: string): readonly [string, string] | undefined {
  if (subject.includes(':')) return networksOfV6(subject);
  const third = subject.lastIndexOf('.');
  const second = subject.lastIndexOf('.', third - 1);
  if (third < 0 || second < 0 || !isDigits(subject, third + 1)) return undefined;
  return [subject.slice(0, third), subject.slice(0, second)];
}

function isDigits(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return from < text.length;
}

function networksOfV6(subject: string): readonly [string, string] | undefined {
  if (!/^[0-9a-f:]+$/.test(subject)) return undefined;
  const [head = '', tail] = subject.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return [groups.slice(0, 4).join(':'), groups.slice(0, 3).join(':')];
}
