// Actions that the working group has in force, as the member's own agent writes them down: docs/workgroup.md. They stand below
// the member's allow and deny lists and above its rules. Each entry carries its own times, so that it begins and ends at the
// moment that was set for all, by the clock of the mail server, whatever the agent does then.
import { SubjectInvalid, type Ip } from '@sekisho/subject';
import { z } from 'zod';
import type { Client, Decision } from './decide.js';
import { NetworkList } from './network-list.js';
import type { Policy } from './policy.js';

const overlaySchema = z.object({
  version: z.literal(1),
  actions: z
    .array(
      z.object({
        id: z.string().max(100),
        kind: z.enum(['joint-listing', 'joint-throttle']),
        /** Addresses and networks; what else an action is about is not for the policy service. */
        subjects: z.array(z.string().max(100)).max(100),
        category: z.string().max(40).nullable(),
        messagesPerHour: z.int().min(1).nullable(),
        /** Milliseconds since 1970; `until` excluded. */
        from: z.number(),
        until: z.number(),
      }),
    )
    .max(1_000),
});
export type OverlayFile = z.output<typeof overlaySchema>;
type OverlayEntry = OverlayFile['actions'][number];

/** The text is no overlay. */
export class OverlayInvalid extends Error {
  override readonly name = 'OverlayInvalid';
  readonly code = 'overlay-invalid';
  readonly kind = 'Rejected';
}

/** Actions that are or will be in force. */
export class Overlay {
  private readonly entries: readonly { readonly entry: OverlayEntry; readonly list: NetworkList }[];

  private constructor(entries: readonly OverlayEntry[]) {
    this.entries = entries.map((entry) => ({ entry, list: new NetworkList(entry.subjects) }));
  }

  static readonly EMPTY = new Overlay([]);

  /** @throws {OverlayInvalid} */
  static parse(text: string): Overlay {
    try {
      return new Overlay(overlaySchema.parse(JSON.parse(text)).actions);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError || error instanceof SubjectInvalid) {
        throw new OverlayInvalid('not the file that sekisho agent writes', { cause: error });
      }
      throw error;
    }
  }

  /** The action in force at a moment that hits an address; a listing before a throttle, as it is the stronger. */
  match(address: Ip, now: number): OverlayEntry | undefined {
    let throttle: OverlayEntry | undefined;
    for (const { entry, list } of this.entries) {
      if (now < entry.from || now >= entry.until || !list.match(address, undefined)) continue;
      if (entry.kind === 'joint-listing') return entry;
      throttle ??= entry;
    }
    return throttle;
  }
}

const HOUR_SECONDS = 3_600;

/** What the member does to whom an action hits; undefined: none does. Asked after the member's own lists. */
export function decideJointly(
  { jointListing }: Pick<Policy, 'jointListing'>,
  overlay: Overlay,
  { address }: Client,
  now: number,
): Decision | undefined {
  const hit = overlay.match(address, now);
  if (!hit) return undefined;
  const { id, category, messagesPerHour } = hit;
  const common = { because: 'joint-action', id, category: category ?? undefined } as const;
  if (hit.kind === 'joint-listing') return { ...common, action: jointListing, rate: undefined };
  const rate = {
    ...{ connections: undefined, recipients: undefined, messages: messagesPerHour ?? undefined },
    perSeconds: HOUR_SECONDS,
  };
  return { ...common, action: 'shaped', rate };
}
