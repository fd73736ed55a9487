import type { DataSource, QueryRunner } from 'typeorm';

/**
 * What only one of several processes is to do for as long as it lives. It keeps a connection of the pool; when that is
 * lost the lock is free again.
 */
export class SessionLock {
  private runner: QueryRunner | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly key: number,
  ) {}

  /** @returns whether this process has it, taking it when nobody else does */
  async hold(): Promise<boolean> {
    if (this.runner) {
      const isAlive = await this.runner.query('SELECT 1').then(
        () => true,
        () => false,
      );
      if (isAlive) return true;
      await this.drop(this.runner);
    }
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      const [answer] = (await runner.query('SELECT pg_try_advisory_lock($1) AS held', [this.key])) as {
        held: boolean;
      }[];
      if (answer?.held !== true) {
        await runner.release();
        return false;
      }
    } catch (error) {
      await this.drop(runner);
      throw error;
    }
    this.runner = runner;
    return true;
  }

  async release(): Promise<void> {
    const { runner } = this;
    if (!runner) return;
    // The connection goes back to the pool, and would take the lock with it.
    await runner.query('SELECT pg_advisory_unlock($1)', [this.key]).catch(() => undefined);
    await this.drop(runner);
  }

  private async drop(runner: QueryRunner): Promise<void> {
    this.runner = undefined;
    await runner.release().catch(() => undefined);
  }
}
