// What an agent does next about one order: no I/O, so that every order of events can be tried.
import type { AgentRecord } from './order-book.js';

export type AgentStep = 'make-ready' | 'apply' | 'remove' | 'veto' | 'miss';

/** The moment at which the action ends for everybody. */
export const endOf = ({ order }: AgentRecord): number =>
  Math.min(order.expiresAt ?? Infinity, order.rollBackAt ?? Infinity);

/** Undefined: nothing now; `nextAt` says when. */
export function stepOf(record: AgentRecord, isVetoed: boolean, now: number): AgentStep | undefined {
  const { order, state } = record;
  const { effectiveAt } = order;
  if (order.kind === 'member-suspension' || effectiveAt === null) return undefined;
  const end = endOf(record);
  switch (state) {
    case 'waiting':
      if (isVetoed) return 'veto';
      return now >= end ? 'miss' : 'make-ready';
    case 'ready':
      if (isVetoed) return 'veto';
      if (now >= end) return 'miss';
      return now >= effectiveAt ? 'apply' : undefined;
    case 'applied':
      if (isVetoed) return 'veto';
      return now >= end ? 'remove' : undefined;
    default:
      return undefined;
  }
}

/** When time alone makes a step due; undefined: never. */
export function nextAt(record: AgentRecord): number | undefined {
  const { state, order } = record;
  if (state === 'ready') return Math.min(order.effectiveAt ?? Infinity, endOf(record));
  return state === 'applied' ? endOf(record) : undefined;
}
