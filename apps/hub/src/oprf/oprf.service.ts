import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Evaluator, publishEpochs, ShareStore, type PublishedEpochs } from '@sekisho/evaluation';
import { epochOf, type EvaluateAnswerBody } from '@sekisho/oprf';
import { CheckRepository, TerminationRepository } from '@sekisho/persistence';
import { loadFastSuite } from '@sekisho/sodium';
import { Counter } from '@sekisho/telemetry';
import { join } from 'node:path';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';

/** Months turn while the hub runs. */
const TURN_EVERY_MS = 3_600_000;
/** Elements of a check under two epochs. */
const ELEMENTS_PER_CHECK = 10;

/** The hub's half of the keys. */
@Injectable()
export class OprfService implements OnApplicationBootstrap, OnApplicationShutdown {
  private parts: { store: ShareStore; evaluator: Evaluator } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly elements: Counter<'purpose'>;

  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
    private readonly checks: CheckRepository,
    private readonly terminations: TerminationRepository,
  ) {
    this.elements = new Counter({
      name: 'sekisho_oprf_elements_total',
      help: 'Evaluated elements',
      labelNames: ['purpose'],
      registers: [platform.metrics],
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { platform, checks } = this;
    const { dataDir, checkQuota } = platform.config;
    const { suite, arithmetic } = await loadFastSuite();
    platform.logger.info({ arithmetic }, 'key shares are evaluated');
    const store = await ShareStore.open({ dir: join(dataDir, 'keys', 'oprf') }, suite);
    const now = () => platform.now();
    const evaluator = new Evaluator({
      ...{ suite, store, now, id: platform.hubId, findKey: this.register.findSigningKey },
      quota: checkQuota * ELEMENTS_PER_CHECK,
      audit: async (record) => {
        await checks.noteEvaluation(record, now());
        this.elements.inc({ purpose: record.purpose }, record.elements);
      },
    });
    evaluator.restore(await checks.evaluatedToday(now()), now());
    this.parts = { store, evaluator };
    await this.turn();
    this.timer = setInterval(() => {
      this.turn().catch((error: unknown) => {
        platform.logger.error({ err: error }, 'key shares could not be renewed');
      });
    }, TURN_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  get store(): ShareStore {
    return this.require().store;
  }

  evaluate(body: unknown, proof: string | undefined): Promise<EvaluateAnswerBody> {
    return this.require().evaluator.evaluate(body, proof);
  }

  /** Whether the hub still has, or has already, the share of an epoch. */
  isLiving(epoch: string): boolean {
    return this.require()
      .store.epochs()
      .some((living) => living.epoch === epoch);
  }

  /** What is published of the keys, and the epochs that a check must ask under. */
  async publish(): Promise<PublishedEpochs & { searched: readonly string[] }> {
    const now = this.platform.now();
    const { store } = this.require();
    const published = await publishEpochs(store, { id: this.platform.hubId, key: this.platform.hubKey, now });
    const holding = new Set(await this.terminations.searchedEpochs(now));
    const current = epochOf(now.getTime());
    const searched = published.epochs
      .map(({ epoch }) => epoch)
      .filter((epoch) => epoch === current || (epoch < current && holding.has(epoch)));
    return { ...published, searched };
  }

  private async turn(): Promise<void> {
    const { store } = this.require();
    const now = this.platform.now();
    await store.prepare(now);
    for (const epoch of store.expired(now)) {
      await store.destroy(epoch);
      this.platform.logger.info({ epoch }, 'the key share of a month that is over is destroyed');
    }
    for (const epoch of store.destroyedEpochs()) await this.terminations.dropEpoch(epoch);
  }

  private require(): { store: ShareStore; evaluator: Evaluator } {
    if (!this.parts) throw new Error('the key shares are not read yet');
    return this.parts;
  }
}
