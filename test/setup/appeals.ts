// Appeals for tests about something else than filing and confirming them.
import { AppealRepository, openDatabase, type StoredAppeal } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';

/** One that waits for a reviewer. */
export async function openAppeal(databaseUrl: string, subject: string): Promise<StoredAppeal> {
  const dataSource = await openDatabase(databaseUrl, { poolSize: 1 });
  try {
    const appeals = new AppealRepository(dataSource);
    const { id } = await appeals.file(
      {
        ...{ subject: readSubject(subject), category: 'spam-source', owner: undefined, language: 'en' },
        ...{ words: 'It was a test.', mail: undefined, secret: randomUUID(), proof: undefined },
      },
      new Date(),
    );
    return await appeals.confirm(id, 'address', new Date());
  } finally {
    await dataSource.destroy();
  }
}
