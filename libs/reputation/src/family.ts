import type { Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';
import { HOUR_MS, MODEL } from './model.js';

/**
 * Categories that say the same about a subject: their evidence adds up to one score.
 * A victim family is published but never raises the subject's own score, and good mail does not refute it.
 */
export interface Family {
  readonly categories: readonly Category[];
  readonly isVictim: boolean;
}

const culprit = (...categories: Category[]): Family => ({ categories, isVictim: false });
const victim = (...categories: Category[]): Family => ({ categories, isVictim: true });

const RANGE_FAMILIES = [
  culprit('spam-source', 'zombie', 'malware-sender', 'harvester', 'phishing', 'hit-and-run'),
  culprit('backscatter-source'),
];

/** A category in no family of its type scores nothing; `dynamic-range` is in none: it is no abuse. */
export const FAMILIES: Readonly<Record<SubjectType, readonly Family[]>> = {
  ip: RANGE_FAMILIES,
  network: RANGE_FAMILIES,
  domain: [culprit('spam-domain', 'phishing'), victim('forged-domain')],
  address: [culprit('dropbox-address', 'phishing')],
  fingerprint: [culprit('spam-source', 'phishing', 'malware-sender')],
  subscriber: [culprit('hit-and-run')],
};

/** Half-life in milliseconds; undefined when the category says nothing about this type of subject. */
export function halfLifeMs(type: SubjectType, category: Category, isDynamic: boolean): number | undefined {
  const isRange = type === 'ip' || type === 'network';
  const table: Partial<Record<Category, number>> =
    MODEL.halfLifeHours[isRange ? (isDynamic ? 'dynamic' : 'static') : type];
  const hours = table[category];
  return hours === undefined ? undefined : hours * HOUR_MS;
}
