import {
  ScoringRepository,
  SIGHTING_RETENTION_MS,
  type Scored,
  type SubjectEvidence,
} from '@sekisho/persistence';
import {
  isRollable,
  protectionOf,
  rollUp,
  scoreSubject,
  underDecision,
  type Decision,
  type ReporterStanding,
  type Reputation,
  type WarningLists,
} from '@sekisho/reputation';
import type { Subject } from '@sekisho/subject';
import { observationOf, withRemedy } from './owner-feedback.js';
import { publicationOf } from './publication.js';
import { ScoringLanes } from './scoring-lanes.js';

/** Subjects in one transaction: enough to amortise it, few enough that nobody waits long for a row. */
const BATCH = 500;
/** Batches at a time: enough that one computes while another waits for the database. */
const LANES = 3;
const NETWORK_REVIEW_MS = 3_600_000;
/** A receipt that is not scored after this time has lost its job, or is in the long tail of a backlog. */
const RECEIPT_OVERDUE_MS = 15_000;

export class ScoringService {
  private readonly lanes = new ScoringLanes((subjects) => this.scoreBatch(subjects), {
    lanes: LANES,
    batch: BATCH,
  });

  constructor(
    private readonly repository: ScoringRepository,
    private readonly unscored: (before: Date, limit: number) => Promise<string[]>,
    private readonly warningLists: WarningLists,
    private readonly now: () => Date,
    private readonly countScored: (subjects: number) => void = () => undefined,
  ) {}

  /** Scores every subject of a receipt, and what they roll up to. Doing it twice gives the same. */
  async scoreReceipt(receiptId: string): Promise<void> {
    await this.scoreSubjects(await this.repository.subjectsOfReceipt(receiptId));
    await this.repository.markScored(receiptId, this.now());
  }

  /** Scores what is due because time has passed, up to `atMost` subjects, and receipts that the queue forgot. */
  async review(atMost: number): Promise<void> {
    const now = this.now();
    for (const receiptId of await this.unscored(new Date(now.getTime() - RECEIPT_OVERDUE_MS), 100)) {
      await this.scoreReceipt(receiptId);
    }
    for (let reviewed = 0; reviewed < atMost; reviewed += BATCH) {
      const due = await this.repository.subjectsDue(now, BATCH);
      await this.scoreSubjects(due);
      if (due.length < BATCH) return;
    }
  }

  scoreSubjects(subjects: readonly Subject[]): Promise<void> {
    return this.lanes.score(subjects);
  }

  private async scoreBatch(subjects: readonly Subject[]): Promise<Subject[]> {
    const now = this.now();
    const standings = await this.repository.standings(now);
    const next = await this.repository.score(subjects, now, (evidence) =>
      this.scored(evidence, standings, now.getTime()),
    );
    this.countScored(subjects.length);
    return next;
  }

  private scored(
    evidence: SubjectEvidence,
    standings: ReadonlyMap<string, ReporterStanding>,
    now: number,
  ): Scored {
    const { subject } = evidence;
    const { decision } = evidence;
    const undecided = this.reputationOf(evidence, standings, now);
    const published = decision
      ? underDecision(subject.type, this.reputationOf(evidence, standings, now, decision), decision)
      : undecided;
    const reputation = withRemedy(published, evidence);
    const dynamicUntil = declarationOf(evidence, now);
    return {
      ...{ subject, reputation, dynamicUntil, observation: observationOf(evidence, reputation) },
      undecidedListed: decision && undecided.listed,
      entries: publicationOf(subject, reputation, { isDynamicRange: dynamicUntil !== undefined }),
    };
  }

  private reputationOf(
    { subject, sightings, isDynamic, owners, wasListed, children }: SubjectEvidence,
    standings: ReadonlyMap<string, ReporterStanding>,
    now: number,
    decision?: Decision,
  ): Reputation {
    const protection = protectionOf(subject, this.warningLists);
    const reported = scoreSubject({
      type: subject.type,
      ...{ sightings, standings, now },
      context: {
        ...{ isDynamic, owners, wasListed },
        ...(protection && { protection }),
        ...(decision && { decision: decision.kind }),
      },
    });
    // A warning list holds for its networks as a whole: they are judged by what is said of them and not rolled up.
    if (protection || !isRollable(subject)) return reported;
    const rolledUp = rollUp({ network: subject, children, wasListed, now });
    const isStronger =
      rolledUp.listed === reported.listed ? rolledUp.score > reported.score : rolledUp.listed;
    const stronger = isStronger ? withReview(rolledUp, reported, now) : reported;
    return { ...stronger, listedUntil: lastOf(reported.listedUntil, rolledUp.listedUntil) };
  }
}

const lastOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

/**
 * A network that is listed for its addresses is scored again whenever one of them changes, and from time to time besides:
 * a worker that died between the two must not leave it listed for ever.
 */
function withReview(rolledUp: Reputation, reported: Reputation, now: number): Reputation {
  const nextReviewAt = Math.min(reported.nextReviewAt ?? Infinity, now + NETWORK_REVIEW_MS);
  return { ...rolledUp, nextReviewAt };
}

/** The owner's declaration of a dynamic range, the latest if there are several. */
function declarationOf({ subject, sightings, owners }: SubjectEvidence, now: number): Scored['dynamicUntil'] {
  if (subject.type !== 'network') return undefined;
  const latest = sightings
    .filter(({ category, reporter }) => category === 'dynamic-range' && owners.has(reporter))
    .reduce<SubjectEvidence['sightings'][number] | undefined>(
      (last, sighting) => (last && last.lastSeen >= sighting.lastSeen ? last : sighting),
      undefined,
    );
  if (!latest) return undefined;
  const until = latest.lastSeen + SIGHTING_RETENTION_MS;
  return until > now ? { memberId: latest.reporter, until: new Date(until) } : undefined;
}
