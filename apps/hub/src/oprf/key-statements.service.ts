import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  digestOfStatement,
  publishEpochs,
  readKeyStatement,
  statementKeySchema,
  type PublishedEpochs,
} from '@sekisho/evaluation';
import { StatementRepository } from '@sekisho/persistence';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { Platform } from '../platform/platform.js';
import { OprfService } from './oprf.service.js';

const EVERY_MS = 60_000;
/** `sekisho up` starts the trustee after the hub. */
const TRUSTEE_STARTS_MS = 2_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** Twenty years of months at two parties. */
const MAX_LISTED = 1_000;

const trusteeSchema = z.object({
  trustee: z.string(),
  keys: z.array(statementKeySchema).min(1),
  oprf: z.object({ statement: z.string() }),
});

/**
 * Puts what hub and trustee say of their keys into the transparency log whenever it changes: a new month, or a share that
 * was destroyed. Nobody can later say that it was said at another time, or never.
 */
@Injectable()
export class KeyStatementsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly oprf: OprfService,
    private readonly statements: StatementRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.noteOwn();
    this.running = this.repeat();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** In the order of the log. */
  async list(): Promise<{ statements: { index: number; party: 'hub' | 'trustee'; statement: string }[] }> {
    const logged = await this.statements.list('epoch', MAX_LISTED);
    return {
      statements: logged.map(({ index, issuer, statement }) => ({
        ...{ index, party: issuer === this.platform.hubId ? 'hub' : 'trustee', statement },
      })),
    };
  }

  private async repeat(): Promise<void> {
    const { logger } = this.platform;
    const { signal } = this.stopping;
    await wait(TRUSTEE_STARTS_MS, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      await this.noteOwn().catch((error: unknown) => {
        logger.error({ err: error }, "the hub's key statement is not logged yet; it is tried again");
      });
      await this.noteTrustee().catch((error: unknown) => {
        logger.warn({ err: error }, "the trustee's key statement is not logged yet; it is tried again");
      });
      await wait(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async noteOwn(): Promise<void> {
    const { hubId: id, hubKey: key } = this.platform;
    const said = await publishEpochs(this.oprf.store, { id, key, now: this.platform.now() });
    await this.log(id, said, said.statement);
  }

  private async noteTrustee(): Promise<void> {
    const { trusteeUrl } = this.platform.config;
    if (trusteeUrl === undefined) return;
    const answer = await fetch(`${trusteeUrl}/.well-known/sekisho`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'error',
    });
    const { trustee, keys, oprf } = trusteeSchema.parse(await answer.json());
    const [key] = keys;
    if (!key) return;
    const said = await readKeyStatement(oprf.statement, key);
    await this.log(trustee, said, oprf.statement);
  }

  private async log(
    issuer: string,
    said: Pick<PublishedEpochs, 'epochs' | 'destroyed'>,
    statement: string,
  ): Promise<void> {
    const digest = digestOfStatement(said);
    const isNew = await this.statements.log(
      { kind: 'epoch', issuer, digest, statement },
      this.platform.now(),
    );
    if (isNew) this.platform.logger.info({ issuer }, 'a statement about keys is in the log');
  }
}
