// What an agent has been told and what it has done, on disk before it is acknowledged. Whoever can write here makes the
// member's mail servers act; the folder is the member's own, mode 0700.
import type { OverlayFile } from '@sekisho/policy';
import { orderSchema, type ActionOrder } from '@sekisho/workgroup';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateJson, replacePrivateJson } from '../private-file.js';

const reportSchema = z.object({
  state: z.enum(['ready', 'applied', 'removed', 'vetoed']),
  /** By this machine's clock. */
  at: z.number(),
  note: z.string(),
});
export type AgentReport = z.output<typeof reportSchema>;

const recordSchema = z.object({
  order: orderSchema,
  /** `missed`: it was over before this agent heard of it. */
  state: z.enum(['waiting', 'ready', 'applied', 'removed', 'vetoed', 'missed']),
  /** Not yet acknowledged by the hub, oldest first. */
  unsent: z.array(reportSchema),
  appliedAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  isRehearsed: z.boolean(),
  isCounted: z.boolean(),
});
export type AgentRecord = z.output<typeof recordSchema>;

const bookSchema = z.object({ version: z.literal(1), records: z.array(recordSchema) });
const vetoSchema = z.record(z.string(), z.string());

export class OrderBook {
  private records = new Map<string, AgentRecord>();
  private vetoes: Readonly<Record<string, string>> = {};

  private constructor(
    private readonly folder: string,
    private readonly newId: () => string,
  ) {}

  /** @throws {MemberDirectoryFault} */
  static async open(memberPath: string, newId: () => string): Promise<OrderBook> {
    const book = new OrderBook(join(memberPath, 'actions'), newId);
    await mkdir(book.folder, { recursive: true, mode: 0o700 });
    const kept = await readPrivateJson(join(book.folder, 'agent.json'), bookSchema);
    book.records = new Map((kept?.records ?? []).map((record) => [record.order.action, record]));
    await book.readVetoes();
    return book;
  }

  all(): readonly AgentRecord[] {
    return [...this.records.values()];
  }

  /** Why this member does not take part; undefined: it does. */
  vetoOf(id: string): string | undefined {
    return this.vetoes[id];
  }

  async readVetoes(): Promise<void> {
    this.vetoes = await vetoesIn(this.folder);
  }

  /** The newest version of an order stays; events may come again and in any order. */
  take(order: ActionOrder): void {
    const before = this.records.get(order.action);
    if (before && before.order.version >= order.version) return;
    const fresh = { state: 'waiting', unsent: [], appliedAt: null, removedAt: null } as const;
    this.records.set(order.action, {
      ...(before ?? { ...fresh, unsent: [], isRehearsed: false, isCounted: false }),
      order,
    });
  }

  /** The member's people said at the hub that it does not take part, or (null) that it does again. */
  async takeVeto(id: string, reason: string | null): Promise<void> {
    await changeVetoes(this.folder, { id, reason }, this.newId);
    const record = this.records.get(id);
    if (reason === null && record?.state === 'vetoed') {
      this.records.set(id, { ...record, state: 'waiting', appliedAt: null, removedAt: null });
    }
  }

  put(record: AgentRecord): void {
    this.records.set(record.order.action, record);
  }

  /** What was taken and done is on disk when this resolves, and what mail servers read with it. */
  async keep(now: number): Promise<void> {
    await replacePrivateJson(join(this.folder, 'in-force.json'), this.overlay(now), this.newId());
    const records = this.all().filter((record) => !isForgotten(record, now));
    this.records = new Map(records.map((record) => [record.order.action, record]));
    await replacePrivateJson(join(this.folder, 'agent.json'), { version: 1, records }, this.newId());
  }

  private overlay(now: number): OverlayFile {
    return {
      version: 1,
      actions: this.all().flatMap(({ order, state }) => {
        const { kind, effectiveAt, expiresAt, rollBackAt } = order;
        if (kind !== 'joint-listing' && kind !== 'joint-throttle') return [];
        if (state !== 'ready' && state !== 'applied') return [];
        if (effectiveAt === null || expiresAt === null) return [];
        const until = Math.min(expiresAt, rollBackAt ?? Infinity);
        if (until <= now) return [];
        return [
          {
            ...{ id: order.action, kind, category: order.category, from: effectiveAt, until },
            subjects: order.subjects.filter((subject) => /^[\da-f:.]+(\/\d+)?$/i.test(subject)),
            messagesPerHour: order.parameters.messagesPerHour ?? null,
          },
        ];
      }),
    };
  }
}

const FORGET_MS = 30 * 86_400_000;
const isForgotten = ({ order, unsent }: AgentRecord, now: number): boolean =>
  unsent.length === 0 && (order.expiresAt ?? now) < now - FORGET_MS;

const vetoFile = (folder: string): string => join(folder, 'veto.json');
const vetoesIn = async (folder: string): Promise<Readonly<Record<string, string>>> =>
  (await readPrivateJson(vetoFile(folder), vetoSchema)) ?? {};

async function changeVetoes(
  folder: string,
  { id, reason }: { id: string; reason: string | null },
  newId: () => string,
): Promise<void> {
  const kept = Object.entries(await vetoesIn(folder)).filter(([other]) => other !== id);
  const vetoes = Object.fromEntries(reason === null ? kept : [...kept, [id, reason]]);
  await replacePrivateJson(vetoFile(folder), vetoes, newId());
}

/** The member does not take part in an action: for its agent, which reads it at its next step. */
export async function keepVeto(
  memberPath: string,
  veto: { id: string; reason: string },
  newId: () => string,
): Promise<void> {
  const folder = join(memberPath, 'actions');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await changeVetoes(folder, veto, newId);
}
