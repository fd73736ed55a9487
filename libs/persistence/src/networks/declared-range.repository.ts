// Ranges that their owners declared dynamic. A declaration and its place in the zone are one transaction. Who can write
// these tables can have a stranger's mail servers taken for dialled-in customers.
import { networkContains, parseNetwork, subtractNetworks, type Network } from '@sekisho/subject';
import { encodeReturnCode } from '@sekisho/zone';
import type { DataSource, EntityManager } from 'typeorm';
import { publish } from '../zones/zone.repository.js';
import { NetworkRefused } from './errors.js';

/** Whether the owner keeps mail from leaving the range on port 25. */
export type Port25 = 'blocked' | 'open' | 'unknown';

export interface DeclaredRange {
  readonly network: string;
  readonly memberId: string;
  /** Addresses and networks in it that are not dynamic, such as customers' own mail servers. */
  readonly exceptions: readonly string[];
  readonly port25: Port25;
  readonly declaredAt: Date;
}

/** The owner says so itself. */
const CODE = encodeReturnCode({ score: 100, category: 'dynamic-range', type: 'network' });

const COLUMNS = `network::text, member_id AS "memberId", exceptions::text[] AS exceptions, port25,
  declared_at AS "declaredAt"`;

export class DeclaredRangeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** A member's own; of all members when none is named. */
  async list(memberId?: string): Promise<DeclaredRange[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM declared_range WHERE $1::text IS NULL OR member_id = $1 ORDER BY declared_range.network`,
      [memberId ?? null],
    );
  }

  /** Takes the place of an earlier declaration of the same range. @throws {NetworkRefused | SubjectInvalid} */
  async declare(
    memberId: string,
    range: { network: string; exceptions: readonly string[]; port25: Port25 },
    now: Date,
  ): Promise<DeclaredRange> {
    const network = parseNetwork(range.network);
    const exceptions = range.exceptions.map(asNetwork);
    const outside = exceptions.find((exception) => !networkContains(network, exception));
    if (outside) {
      throw new NetworkRefused('exception-outside', `${outside.text} is not inside ${network.text}`);
    }
    return this.changing(memberId, async (manager) => {
      await mustOwn(manager, memberId, network.text);
      const [overlapping]: { network: string }[] = await manager.query(
        'SELECT network::text FROM declared_range WHERE network && $1::cidr AND network <> $1::cidr LIMIT 1',
        [network.text],
      );
      if (overlapping) {
        throw new NetworkRefused(
          'range-overlaps',
          `${network.text} overlaps ${overlapping.network}, which is declared already; withdraw that first`,
        );
      }
      const before = await piecesOf(manager, network.text);
      const pieces = subtractNetworks(network, exceptions).map(({ text }) => text);
      const [row]: DeclaredRange[] = await manager.query(
        `INSERT INTO declared_range (network, member_id, exceptions, port25, declared_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (network) DO UPDATE SET member_id = excluded.member_id, exceptions = excluded.exceptions,
           port25 = excluded.port25, declared_at = excluded.declared_at RETURNING ${COLUMNS}`,
        [network.text, memberId, exceptions.map(({ text }) => text), range.port25, now],
      );
      await manager.query('DELETE FROM declared_piece WHERE network = $1', [network.text]);
      await manager.query('INSERT INTO declared_piece (piece, network) SELECT unnest($1::cidr[]), $2', [
        ...[pieces, network.text],
      ]);
      await publishPieces(manager, { network: network.text, before, pieces }, now);
      if (!row) throw new NetworkRefused('range-unknown', `${network.text} is not declared`);
      return row;
    });
  }

  /** @throws {NetworkRefused | SubjectInvalid} range-unknown when it is not declared, or not by this member */
  async withdraw(memberId: string, text: string, now: Date): Promise<void> {
    const network = parseNetwork(text).text;
    await this.changing(memberId, async (manager) => {
      const before = await piecesOf(manager, network);
      const [, count] = await manager.query<[unknown[], number]>(
        'DELETE FROM declared_range WHERE network = $1 AND member_id = $2',
        [network, memberId],
      );
      if (count === 0) throw new NetworkRefused('range-unknown', `${network} is not declared by ${memberId}`);
      await publishPieces(manager, { network, before, pieces: [] }, now);
    });
  }

  /** One change of a member's ranges at a time. */
  private changing<T>(memberId: string, change: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT FROM member WHERE id = $1 FOR NO KEY UPDATE', [memberId]);
      return change(manager);
    });
  }
}

/** `192.0.2.25` is `192.0.2.25/32`. */
const asNetwork = (text: string): Network =>
  parseNetwork(text.includes('/') ? text : `${text}/${text.includes(':') ? '128' : '32'}`);

async function mustOwn(manager: EntityManager, memberId: string, network: string): Promise<void> {
  const rows: unknown[] = await manager.query(
    'SELECT FROM member_network WHERE member_id = $1 AND network >>= $2::cidr',
    [memberId, network],
  );
  if (rows.length === 0) {
    throw new NetworkRefused(
      'network-not-owned',
      `${network} is not inside a network registered to ${memberId}`,
    );
  }
}

async function piecesOf(manager: EntityManager, network: string): Promise<string[]> {
  const rows: { piece: string }[] = await manager.query(
    'SELECT piece::text FROM declared_piece WHERE network = $1',
    [network],
  );
  return rows.map(({ piece }) => piece);
}

/** Addresses inside are due for review as well: those of a dynamic range decay otherwise. */
async function publishPieces(
  manager: EntityManager,
  { network, before, pieces }: { network: string; before: readonly string[]; pieces: readonly string[] },
  now: Date,
): Promise<void> {
  await manager.query(
    `UPDATE reputation SET next_review_at = $2
     WHERE subject_type = 'ip' AND next_review_at IS NOT NULL AND subject::inet <<= $1::inet`,
    [network, now],
  );
  const wanted = [
    ...before.filter((piece) => !pieces.includes(piece)).map((subject) => ({ subject, codes: [] })),
    ...pieces.map((subject) => ({ subject, codes: [CODE] })),
  ];
  await publish(
    manager,
    wanted.map((entry) => ({ zone: 'policy', ...entry })),
    now,
    'declaration',
  );
}
