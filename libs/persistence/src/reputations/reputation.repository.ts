// What readers see of reputations.
import { FORETOLD_TYPES, type Reputation } from '@sekisho/reputation';
import { formatSubject, type Subject, type SubjectType } from '@sekisho/subject';
import type { Sql } from '../database.js';

export interface StoredReputation {
  /** Text form of the subject that was asked for. */
  readonly subject: string;
  /** The listed network that the answer comes from, when the address itself is not listed. */
  readonly viaNetwork: string | undefined;
  readonly score: number;
  readonly listed: boolean;
  readonly categories: Reputation['categories'];
  readonly confidence: number;
  readonly recommendation: Reputation['recommendation'];
  readonly memberCount: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly expiresAt: Date;
  /** Undefined: not listed, or not known of a listing of an earlier release. */
  readonly listedUntil: Date | undefined;
  readonly explanation: Reputation['explanation'];
  /**
   * Version of the model whose score foretells something; undefined where no forecast is made of such a score: that of a
   * network, of what people decided, of the past.
   */
  readonly foretoldBy: string | undefined;
}

interface Row {
  readonly asked: string;
  readonly subject: string;
  readonly subject_type: SubjectType;
  readonly undecided_listed: boolean | null;
  readonly model_version: string | null;
  readonly score: number;
  readonly listed: boolean;
  readonly categories: Reputation['categories'];
  readonly confidence: number;
  readonly recommendation: Reputation['recommendation'];
  readonly member_count: number;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly expires_at: Date;
  readonly listed_until: Date | null;
  readonly explanation: Reputation['explanation'];
}

const COLUMNS = `score, listed, categories, confidence, recommendation, member_count, first_seen, last_seen, expires_at,
  listed_until, explanation, subject_type, undecided_listed, model_version`;

const toStored = (row: Row): StoredReputation => ({
  subject: row.asked,
  viaNetwork: row.subject === row.asked ? undefined : row.subject,
  score: row.score,
  listed: row.listed,
  categories: row.categories,
  confidence: row.confidence,
  recommendation: row.recommendation,
  memberCount: row.member_count,
  firstSeen: row.first_seen,
  lastSeen: row.last_seen,
  expiresAt: row.expires_at,
  listedUntil: row.listed_until ?? undefined,
  explanation: row.explanation,
  foretoldBy: isForetold(row) ? (row.model_version ?? undefined) : undefined,
});

/** As the forecasts take their sample: forecast.repository.ts. */
const isForetold = ({ subject_type, undecided_listed }: Row): boolean =>
  undecided_listed === null && FORETOLD_TYPES.some((type) => type === subject_type);

export interface ListingFilter {
  readonly type?: SubjectType | undefined;
  /** The last subject of the page before. */
  readonly after?: Subject | undefined;
  readonly first: number;
}

export class ReputationRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * The reputations of up to 1,000 subjects in one round trip; what was never reported is not in the map.
   * An address that is not listed itself has the reputation of the narrowest listed network around it, as in the DNS.
   */
  async find(subjects: readonly Subject[]): Promise<Map<string, StoredReputation>> {
    const rows: Row[] = await this.sql.query(
      `WITH own AS MATERIALIZED (
         SELECT asked, subject, ${COLUMNS} FROM unnest($1::text[]) AS asked
           JOIN reputation ON subject = asked AND scored_at IS NOT NULL AND first_seen IS NOT NULL)
       SELECT * FROM own
       UNION ALL
       SELECT asked, covering.subject, ${COLUMNS.replace(/\w+/g, 'covering.$&')}
         FROM (SELECT unnest($2::text[]) EXCEPT SELECT asked FROM own WHERE listed) AS unlisted(asked),
         LATERAL (SELECT * FROM reputation WHERE listed AND network IS NOT NULL AND network >> asked::inet
           ORDER BY masklen(network) DESC LIMIT 1) AS covering`,
      [
        subjects.map(formatSubject),
        subjects.filter(({ type }) => type === 'ip' || type === 'network').map(({ value }) => value),
      ],
    );
    const found = new Map<string, StoredReputation>();
    for (const row of rows) {
      const before = found.get(row.asked);
      if (!before || (row.listed && !before.listed)) found.set(row.asked, toStored(row));
    }
    return found;
  }

  /** Listed subjects in a stable order. One more than `first` tells that there is a next page. */
  async listings({ type, after, first }: ListingFilter): Promise<StoredReputation[]> {
    const rows: Row[] = await this.sql.query(
      `SELECT subject AS asked, subject, ${COLUMNS} FROM reputation
       WHERE listed AND ($1::subject_type IS NULL OR subject_type = $1)
         AND ($2::subject_type IS NULL OR (subject_type, subject) > ($2, $3))
       ORDER BY subject_type, subject LIMIT $4`,
      [type ?? null, after?.type ?? null, after ? formatSubject(after) : null, first + 1],
    );
    return rows.map(toStored);
  }
}
