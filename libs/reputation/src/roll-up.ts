// A network is judged by its listed addresses (/24, /64) or its listed /64s (/48).
import { CATEGORIES, type Category } from '@sekisho/report';
import { parseNetwork, type Subject } from '@sekisho/subject';
import { recommend } from './figures.js';
import { MODEL } from './model.js';
import type { CategoryScore, ExplanationLine, Reputation } from './reputation.js';

/** A listed child: a separate address of a /24 or /64, a /64 of a /48. */
export interface ChildReputation {
  /** Integer 0..100. */
  readonly score: number;
  /** Reporters that speak about this child. */
  readonly reporters: number;
  readonly categories: readonly CategoryScore[];
  /** Milliseconds since 1970; `now` when absent. */
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly expiresAt?: number;
  /** Absent: not known. */
  readonly listedUntil?: number | undefined;
}

export interface RollUpInput {
  /** A /24 of IPv4, a /64 or /48 of IPv6. */
  readonly network: Subject;
  /** The network's listed children, each once. */
  readonly children: readonly ChildReputation[];
  /** The network was listed at the last roll-up. */
  readonly wasListed: boolean;
  readonly now: number;
}

/** The caller asked for a network of a width that is not rolled up to. */
export class NetworkNotRollable extends Error {
  override readonly name = 'NetworkNotRollable';
  readonly code = 'network-not-rollable';
  readonly kind = 'Bug';
}

/**
 * The reputation of a network from its listed children: never above their mean score, and growing towards it with
 * their number. Children that fewer than two reporters speak about (an owner's own statements) do not count, so that
 * nobody rolls up a neighbour alone. It has no nextReviewAt: it changes only when a child does.
 * @throws {NetworkNotRollable}
 */
export function rollUp({ network, children, wasListed, now }: RollUpInput): Reputation {
  const { needed, isNarrow } = widthOf(network);
  const counted = children.filter(({ reporters }) => reporters >= MODEL.rollUp.minChildReporters);
  const count = counted.length;
  const meanTenths = count === 0 ? 0 : Math.floor((10 * sumOf(counted.map((c) => c.score))) / count);
  const growth = 1 - 2 ** ((-MODEL.rollUp.growth * count) / needed);
  const score = Math.floor((meanTenths / 10) * growth);
  const memberCount = Math.max(0, ...counted.map((c) => c.reporters));
  const listed = isListed(score, count, needed, wasListed);
  const confidence = Math.round(100 * (1 - 2 ** (-count / needed)));
  const { minScore, minReporters, minConfidence } = MODEL.highConfidence;
  const highConfidence =
    isNarrow && listed && score >= minScore && memberCount >= minReporters && confidence >= minConfidence;
  return {
    score,
    listed,
    highConfidence,
    categories: majority(counted, score, listed),
    confidence,
    recommendation: recommend(score, listed, highConfidence),
    memberCount,
    firstSeen: count === 0 ? now : Math.min(...counted.map((c) => c.firstSeen ?? now)),
    lastSeen: count === 0 ? now : Math.max(...counted.map((c) => c.lastSeen ?? now)),
    expiresAt: score === 0 ? now : Math.max(now, ...counted.map((c) => c.expiresAt ?? now)),
    listedUntil: listed ? endOf(counted, needed) : undefined,
    explanation: explain(score, meanTenths, count, needed),
  };
}

/** Whether rollUp takes this network. */
export const isRollable = (network: Subject): boolean => findWidth(network) !== undefined;

function widthOf(network: Subject): { needed: number; isNarrow: boolean } {
  const width = findWidth(network);
  if (width) return width;
  throw new NetworkNotRollable(
    `cannot roll up to ${network.type} ${network.value}: only /24 of IPv4, /64 and /48 of IPv6`,
  );
}

function findWidth({ type, value }: Subject): { needed: number; isNarrow: boolean } | undefined {
  if (type !== 'network') return undefined;
  const { bytes, prefixLength } = parseNetwork(value);
  const { v4, v6 } = MODEL.rollUp.needed;
  const table: Partial<Record<number, number>> = bytes.length === 4 ? v4 : v6;
  const needed = table[prefixLength];
  const isNarrow = bytes.length === 16 && prefixLength === MODEL.rollUp.highConfidencePrefix;
  return needed === undefined ? undefined : { needed, isNarrow };
}

function isListed(score: number, count: number, needed: number, wasListed: boolean): boolean {
  const { listAt, delistBelow } = MODEL.listing;
  if (wasListed) return score >= delistBelow && count >= needed * MODEL.rollUp.keepShare;
  return score >= listAt && count >= needed;
}

/** When so few children are still listed that the network is not kept; undefined while one of them does not say. */
function endOf(counted: readonly ChildReputation[], needed: number): number | undefined {
  const ends = counted.flatMap(({ listedUntil }) => listedUntil ?? []).sort((a, b) => a - b);
  if (ends.length < counted.length) return undefined;
  return ends[ends.length - Math.ceil(needed * MODEL.rollUp.keepShare)];
}

/** Categories listed at more than half of the children; when opinions are split, the most frequent one. */
function majority(counted: readonly ChildReputation[], score: number, listed: boolean): CategoryScore[] {
  if (score === 0) return [];
  const votes = CATEGORIES.map((category) => ({ category, count: votesFor(category, counted) }));
  const most = Math.max(...votes.map(({ count }) => count));
  if (most === 0) return [];
  const above = votes.filter(({ count }) => count * 2 > counted.length).sort((a, b) => b.count - a.count);
  const chosen = above.length > 0 ? above : votes.filter(({ count }) => count === most).slice(0, 1);
  return chosen.map(({ category }) => ({ category, score, listed }));
}

function votesFor(category: Category, counted: readonly ChildReputation[]): number {
  return counted.filter((child) => child.categories.some((c) => c.listed && c.category === category)).length;
}

function explain(score: number, meanTenths: number, count: number, needed: number): ExplanationLine[] {
  if (score === 0) return [];
  const missing = score * 10 - meanTenths;
  const lines = [
    {
      factor: 'children',
      contribution: meanTenths / 10,
      detail: `mean score of ${String(count)} listed below it`,
    },
  ];
  if (missing === 0) return lines;
  const detail = `${String(count)} of the ${String(needed)} that a listing needs; more bring it nearer to the mean`;
  return [...lines, { factor: 'number', contribution: missing / 10, detail }];
}

const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
