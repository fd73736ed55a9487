import type { RegisteredKey } from '@sekisho/evaluation';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { MemberKeys } from './member-keys.js';

async function keyOf(kid: string): Promise<RegisteredKey> {
  const { publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x = '' } = await exportJWK(publicKey);
  return { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', 'sekisho:member': 'isp-a' };
}

function keysOf(read: () => Promise<RegisteredKey[]>, now = () => 1_000_000) {
  const onError = (error: unknown) => {
    throw error;
  };
  return new MemberKeys({ register: { read }, follow: undefined, now, onError });
}

describe('the keys that a trustee believes', () => {
  it('are waited for by everybody who comes while the register is read', async () => {
    const registered = [await keyOf('k1')];
    let reads = 0;
    const keys = keysOf(() => {
      reads++;
      return Promise.resolve(registered);
    });
    const found = await Promise.all(
      [1, 2, 3].map(async () => {
        await keys.refreshFor('k1');
        return keys.find('k1')?.memberId;
      }),
    );
    expect(found).toEqual(['isp-a', 'isp-a', 'isp-a']);
    expect(reads).toBe(1);
  });

  it('are read for a stranger once a second, and not more often', async () => {
    let [reads, nowMs] = [0, 1_000_000];
    const read = () => {
      reads++;
      return Promise.resolve([]);
    };
    const keys = keysOf(read, () => nowMs);
    for (let i = 0; i < 5; i++) await keys.refreshFor('a stranger');
    expect(reads).toBe(1);
    nowMs += 1_001;
    await keys.refreshFor('a stranger');
    expect(reads).toBe(2);
  });
});
