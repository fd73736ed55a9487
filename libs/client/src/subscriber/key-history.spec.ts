import { describe, expect, it } from 'vitest';
import { historyOf, requireLogged, type ProvedStatement } from './key-history.js';

const said = (
  index: number,
  party: 'hub' | 'trustee',
  epochs: Record<string, string>,
  destroyed: string[] = [],
): ProvedStatement => ({
  ...{ index, party, destroyed },
  epochs: Object.entries(epochs).map(([epoch, publicKey]) => ({ epoch, publicKey })),
});

describe('the history of epochs', () => {
  it('has an epoch as destroyed when both parties said so, and not before', () => {
    const statements = [
      said(0, 'hub', { '2026-09': 'h9', '2026-10': 'h10' }),
      said(1, 'trustee', { '2026-09': 't9', '2026-10': 't10' }),
      said(70, 'hub', { '2026-10': 'h10', '2026-11': 'h11' }, ['2026-09']),
    ];
    expect(historyOf(statements).map(({ epoch, state }) => [epoch, state])).toEqual([
      ['2026-09', 'destroyed by one'],
      ['2026-10', 'living'],
      ['2026-11', 'living'],
    ]);
    const [first] = historyOf([...statements, said(75, 'trustee', { '2026-10': 't10' }, ['2026-09'])]);
    expect(first).toEqual({
      ...{ epoch: '2026-09', state: 'destroyed' },
      hub: { publicKey: 'h9', saidAt: 0, destroyedAt: 70 },
      trustee: { publicKey: 't9', saidAt: 1, destroyedAt: 75 },
    });
  });

  it.each([
    ['gives an epoch another key', said(5, 'hub', { '2026-09': 'other' })],
    ['has again what it had destroyed', said(5, 'trustee', { '2026-08': 't8' })],
  ])('believes no party that %s', (_, last) => {
    const before = [
      said(0, 'hub', { '2026-09': 'h9' }),
      said(1, 'trustee', { '2026-08': 't8' }),
      said(2, 'trustee', {}, ['2026-08']),
    ];
    expect(() => historyOf([last, ...before])).toThrow('cannot be believed');
  });

  it('shows a member that it was shown another key than everybody else', () => {
    const history = historyOf([said(0, 'hub', { '2026-09': 'h9' }), said(1, 'trustee', { '2026-09': 't9' })]);
    expect(() => {
      requireLogged('hub', history, { '2026-09': 'h9', '2026-10': 'not said yet' });
      requireLogged('trustee', history, { '2026-09': 't9' });
    }).not.toThrow();
    expect(() => {
      requireLogged('hub', history, { '2026-09': 'for you alone' });
    }).toThrow('another one than the log holds');
  });
});
