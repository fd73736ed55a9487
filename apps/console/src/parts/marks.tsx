// The small things that appear in every list.
import { Link } from 'wouter';
import { useLanguage } from '../language/use-language.ts';
import { useNow } from './use-now.ts';

export const lookupPath = (subject: string): string => `/lookup?subject=${encodeURIComponent(subject)}`;

export const SubjectLink = ({ subject }: { readonly subject: string }) => (
  <Link href={lookupPath(subject)} className="subject" title={subject}>
    {subject}
  </Link>
);

/** Bands as in the documentation of recommendations; the number is always there too. */
const band = (score: number) =>
  score >= 90 ? 'high' : score >= 70 ? 'listed' : score >= 30 ? 'some' : 'low';

export const Score = ({ value }: { readonly value: number }) => (
  <span className={`score score-${band(value)}`}>
    <meter className="score-bar" min={0} max={100} value={value} aria-hidden="true" />
    {value}
  </span>
);

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

export const Badge = ({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: string }) => (
  <span className={`badge badge-${tone}`}>{children}</span>
);

/** The API's constant as reports spell it: SPAM_SOURCE → spam-source. */
export const spelled = (constant: string): string => constant.toLowerCase().replaceAll('_', '-');

export function Categories({ values }: { readonly values: readonly string[] }) {
  const { word } = useLanguage();
  return (
    <span className="categories">
      {values.map((category) => word('category', spelled(category))).join(', ') || '–'}
    </span>
  );
}

/** A moment, with how long ago it was. */
export function Time({ at, isShort }: { readonly at: string; readonly isShort?: boolean }) {
  const { format } = useLanguage();
  const now = useNow();
  return (
    <time dateTime={at} title={format.dateTime(at)}>
      {isShort ? format.since(at, now) : `${format.dateTime(at)} (${format.since(at, now)})`}
    </time>
  );
}
