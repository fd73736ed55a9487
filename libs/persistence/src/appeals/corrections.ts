// What an appeal changes for everybody: the zones that are about to change, what members are told, and the log.
import { saltedEntry, SALT_BYTES } from '@sekisho/tlog';
import { formatSubject } from '@sekisho/subject';
import { randomBytes } from 'node:crypto';
import type { Sql } from '../database.js';
import { tellMember } from '../events/member-event.repository.js';
import { appendToLog } from '../log/append.js';
import { announceAppeal } from './announce.js';
import type { AppealOutcome, StoredAppeal } from './appeal-row.js';
import { mailNoLonger } from './tell-reviewers.js';
import { APPEAL_TERMS } from './terms.js';

/** Locks the subject like scoring does, and notes which zones will lose it, so that the time until edges do is measured. */
export async function correct(sql: Sql, { id, subject }: StoredAppeal, now: Date): Promise<void> {
  const text = formatSubject(subject);
  await sql.query('SELECT FROM reputation WHERE subject = $1 FOR UPDATE', [text]);
  await sql.query(
    `INSERT INTO appeal_correction (appeal_id, zone, serial_before)
     SELECT $1, z.zone, z.serial FROM zone_state z JOIN zone_entry e ON e.zone = z.zone WHERE e.subject = $2
     ON CONFLICT DO NOTHING`,
    [id, text],
  );
  const members: { id: string }[] = await sql.query(
    `SELECT id FROM member WHERE status = 'active' ORDER BY id`,
  );
  for (const member of members) {
    await tellMember(
      sql,
      {
        ...{ memberId: member.id, type: 'urn:sekisho:event:correction', subject: text },
        details: { change: 'delisted', decided_at: Math.floor(now.getTime() / 600_000) * 600 },
      },
      now,
    );
  }
}

/** Writes the end of an appeal down, in the transparency log too: other appends wait from here to the commit. */
export async function noteOutcome(
  sql: Sql,
  { id, subject, category }: StoredAppeal,
  { outcome, reason, by }: { outcome: AppealOutcome; reason: string; by: string | undefined },
  now: Date,
): Promise<void> {
  await sql.query('UPDATE appeal_words SET forget_at = $2 WHERE appeal_id = $1', [
    ...[id, new Date(now.getTime() + APPEAL_TERMS.wordsMs)],
  ]);
  const salt = randomBytes(SALT_BYTES);
  const statement = JSON.stringify({
    ...{ appeal: id, outcome, at: now, subject: formatSubject(subject), category },
  });
  const index = await appendToLog(sql, [saltedEntry('appeal', salt, statement)], now);
  await sql.query(
    `UPDATE appeal SET state = 'decided', outcome = $2, reason = $3, decided_by = $4, decided_at = $5, log_index = $6,
       log_salt = $7, log_statement = $8, version = version + 1 WHERE id = $1`,
    [id, outcome, reason, by ?? null, now, index, salt, statement],
  );
  await mailNoLonger(sql, id);
  await announceAppeal(sql, id);
}
