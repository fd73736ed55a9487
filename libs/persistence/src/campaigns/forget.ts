import type { Subject } from '@sekisho/subject';
import type { Sql } from '../database.js';
import { CLUSTERING_LOCK } from './clustering.repository.js';

/**
 * Takes a subject's name out of all that campaigns hold; their sums are made anew by the next step of clustering.
 * @returns how many rows named it
 */
export async function forgetInCampaigns(sql: Sql, { type, value }: Subject): Promise<number> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [CLUSTERING_LOCK]);
  if (type !== 'domain' && type !== 'address') return 0;
  const [named] = await sql.query<[{ fingerprint_id: string }[], number]>(
    `UPDATE campaign_sighting SET from_domain = nullif(from_domain, $1), address_hash = nullif(address_hash, $1),
       url_hosts = array_remove(url_hosts, $1)
     WHERE from_domain = $1 OR address_hash = $1 OR url_hosts @> ARRAY[$1] RETURNING fingerprint_id`,
    [value],
  );
  await sql.query(
    `UPDATE campaign SET is_stale = true
     WHERE id IN (SELECT campaign_id FROM campaign_fingerprint WHERE id = ANY($1))`,
    [named.map((row) => row.fingerprint_id)],
  );
  await sql.query('DELETE FROM campaign_claim WHERE subject = $1', [
    type === 'address' ? `address:${value}` : value,
  ]);
  const [, bounces] = await sql.query<[unknown[], number]>('DELETE FROM campaign_bounce WHERE domain = $1', [
    value,
  ]);
  return named.length + bounces;
}
