// The learning model on the running hub, in shadow: of each hour's sample of scores in force it foretells, too, from the
// reports that the hub had at that moment. It reads stored reports and writes its own forecasts, nothing else.
import {
  joinedSet,
  NO_REPORTS,
  positionAfter,
  positionBefore,
  type ReportPosition,
  type ReportSet,
  type ShadowRepository,
} from '@sekisho/persistence';
import { LEARNED_VERSION, shadowSince } from '@sekisho/reputation';

/** What was received until the moment of a sample is committed by then. */
const SETTLING_MS = 60_000;
/** A sample that old says nothing new: what it foretells may have come already. */
const SAMPLE_AGE_MS = 3_600_000;
const LOOK_EVERY_MS = 30_000;

export interface Followed {
  /** What it has read. */
  readonly given: ReportSet;
}

export interface Foretold {
  /** 0 to 100 of each subject that was asked for. */
  readonly scores: readonly number[];
  /** Subjects in memory. */
  readonly held: number;
}

/** Holds what it has read; one question at a time. */
export interface ShadowModel {
  /** Reads and learns what was received after a position and not after `until`. */
  follow(from: ReportPosition, until: Date): Promise<Followed>;
  /** `at`: not before what it has followed to */
  foretell(subjects: readonly string[], at: Date): Promise<Foretold>;
  close(): Promise<void>;
}

export interface FollowerTools {
  /** An empty model. */
  readonly openModel: () => ShadowModel;
  readonly now: () => Date;
  readonly onForetold: (told: { subjects: number; reports: number; held: number }) => void;
  readonly onError: (error: unknown) => void;
}

interface Following {
  readonly model: ShadowModel;
  readonly since: Date;
  /** All until then was given. */
  until: Date;
  given: ReportSet;
  held: number;
}

/** Several workers may have one; the first to come follows, and another one when it ends. */
export class ShadowFollower {
  private following: Following | undefined;
  private running: Promise<number> | undefined;
  /** The sample that was tried last: one that fails is not tried all the hour. */
  private triedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly repository: Pick<
      ShadowRepository,
      'hold' | 'release' | 'openSample' | 'foretell' | 'stored' | 'reportsAfter'
    >,
    private readonly tools: FollowerTools,
  ) {}

  /** Looks for a sample, now and again and again. */
  start(): void {
    const look = () => {
      this.run().catch(this.tools.onError);
    };
    look();
    this.timer = setInterval(look, LOOK_EVERY_MS);
  }

  /** Foretells of the latest sample, if that is still to be done. @returns of how many subjects */
  run(): Promise<number> {
    if (this.isClosed) return Promise.resolve(0);
    this.running ??= this.round().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Subjects in memory; undefined while another worker follows. */
  subjects(): number | undefined {
    return this.following?.held;
  }

  async behind(): Promise<number | undefined> {
    return this.following && this.repository.reportsAfter(this.following.until);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    // What is being learned is of no use any more.
    await this.following?.model.close();
    await this.running?.catch(() => undefined);
    await this.forget();
    await this.repository.release();
  }

  private async round(): Promise<number> {
    try {
      if (await this.repository.hold()) return await this.foretell();
      // The connection was lost for a while, and another worker has taken over.
      await this.forget();
      return 0;
    } catch (error) {
      await this.forget();
      // It was stopped on purpose.
      if (this.isClosed) return 0;
      throw error;
    }
  }

  private async foretell(): Promise<number> {
    const now = this.tools.now().getTime();
    const [from, until] = [new Date(now - SAMPLE_AGE_MS), new Date(now - SETTLING_MS)];
    const sample = await this.repository.openSample(LEARNED_VERSION, from, until);
    if (!sample || sample.foretoldAt.getTime() <= this.triedAt) return 0;
    this.triedAt = sample.foretoldAt.getTime();
    const following = await this.follow(sample.foretoldAt);
    const { scores, held } = await following.model.foretell(sample.subjects, sample.foretoldAt);
    following.held = held;
    const isLate = this.tools.now().getTime() - sample.foretoldAt.getTime() >= SAMPLE_AGE_MS;
    const subjects = isLate ? 0 : await this.repository.foretell(LEARNED_VERSION, sample, scores);
    this.tools.onForetold({ subjects, reports: following.given.count, held });
    return subjects;
  }

  /** The model as of a moment: what it has been given already and what came since, or all of it anew. */
  private async follow(until: Date): Promise<Following> {
    const since = new Date(shadowSince(until.getTime()));
    if (this.following && !(await this.isAsStored(this.following, since, until))) await this.forget();
    if (this.isClosed) throw new Error('following has ended');
    let after: ReportPosition;
    if (this.following) after = positionAfter(this.following.until);
    else {
      after = positionBefore(since);
      this.following = { model: this.tools.openModel(), since, until: since, given: NO_REPORTS, held: 0 };
    }
    const { following } = this;
    const { given } = await following.model.follow(after, until);
    following.given = joinedSet(following.given, given);
    following.until = until;
    return following;
  }

  /** A report that was taken back or deleted cannot be unlearned, and one that was committed late has been missed. */
  private async isAsStored(following: Following, since: Date, until: Date): Promise<boolean> {
    if (since.getTime() !== following.since.getTime() || until < following.until) return false;
    const stored = await this.repository.stored(positionBefore(since), following.until);
    return stored.count === following.given.count && stored.digest === following.given.digest;
  }

  private async forget(): Promise<void> {
    const { following } = this;
    this.following = undefined;
    await following?.model.close();
  }
}
