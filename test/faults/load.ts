// The signed load: members that report without pause and keep what was acknowledged.
import { EVIDENCE, type ReportInput } from '@sekisho/report';
import { reportOf, type FederationMember } from '@sekisho/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged } from './invariants.ts';

const CATEGORIES = ['zombie', 'spam-source', 'malware-sender', 'backscatter-source', 'ham'] as const;
/** Of a range's owner only; nobody here owns one. */
const THIRD_PARTY = EVIDENCE.filter((evidence) => evidence !== 'owner');
const SUBJECTS = 300;

/** Each in a /24 of its own, so that no listed network answers for it. */
export const subjects = Array.from(
  { length: SUBJECTS },
  (_, i) => `5.${String(i >> 8)}.${String(i & 255)}.9`,
);

/** Of a member's own networks: what is reported of them is told to it, as events. */
export const ownedNetwork = '6.0.0.0/16';
const OWNED = 60;
const owned = Array.from({ length: OWNED }, (_, i) => `6.0.${String(i)}.9`);
/** One report in so many is about them. */
const OWNED_SHARE = 5;

const pick = <T>(from: readonly T[], random: () => number): T =>
  from[Math.floor(random() * from.length)] as T;

function reportAbout(value: string, random: () => number): ReportInput {
  return reportOf(value, {
    category: pick(CATEGORIES, random),
    evidence: pick(THIRD_PARTY, random),
    count: 1 + Math.floor(random() * 20),
  });
}

async function submit(member: FederationMember, reports: ReportInput[]): Promise<Acknowledged> {
  const receipt = await member.submit(...reports);
  return { member, receipt, subjects: reports.map(({ subject }) => subject.value) };
}

/** Reports until stopped. What was not acknowledged may be stored or not, and is not counted. */
export async function keepReporting(
  member: FederationMember,
  random: () => number,
  acknowledged: Acknowledged[],
  stop: AbortSignal,
): Promise<number> {
  let refused = 0;
  while (!stop.aborted) {
    const reports = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
      reportAbout(pick(random() * OWNED_SHARE < 1 ? owned : subjects, random), random),
    );
    try {
      acknowledged.push(await submit(member, reports));
    } catch {
      refused += 1;
    }
    await sleep(150);
  }
  return refused;
}

/** One report about each subject, so that each is scored again after the last fault. */
export async function reportAll(member: FederationMember, random: () => number): Promise<Acknowledged> {
  return submit(
    member,
    subjects.map((subject) => reportAbout(subject, random)),
  );
}
