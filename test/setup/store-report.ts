import { ReportRepository } from '@sekisho/persistence';
import type { Category, Evidence } from '@sekisho/report';
import { readSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

export interface Told {
  readonly at: Date;
  readonly category?: Category;
  readonly evidence?: Evidence;
  readonly influenced?: boolean;
}

/** One accepted envelope about these subjects. @returns its receipt */
export async function storeReport(
  dataSource: DataSource,
  memberId: string,
  subjects: string | readonly string[],
  { at, category = 'zombie', evidence = 'trap', influenced = false }: Told,
): Promise<string> {
  const { receiptId } = await new ReportRepository(dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti: randomUUID(), digest: Buffer.from(memberId) },
    ...{ receivedAt: at, rejected: [], salt: Buffer.alloc(32) },
    accepted: [subjects].flat().map((value, index) => ({
      index,
      report: {
        ...{ subject: readSubject(value), category, evidence, count: 3, influenced },
        ...{ firstSeen: at.getTime(), lastSeen: at.getTime() },
      },
    })),
  });
  return receiptId;
}
