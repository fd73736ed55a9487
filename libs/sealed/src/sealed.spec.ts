import {
  calculateJwkThumbprint,
  CompactEncrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { sampleOfHeaders } from './header-sample.js';
import { readRecipientKid, SEALED_ALG, SEALED_ENC, SEALED_TYP } from './sealed-header.js';
import { openSealed, sealEvidence, type OpeningKey, type OwnerKey } from './seal.js';

async function makeKeys(): Promise<{ owner: OwnerKey; opening: OpeningKey }> {
  const { publicKey, privateKey } = await generateKeyPair(SEALED_ALG, { crv: 'X25519', extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { owner: { kid, jwk }, opening: { kid, key: privateKey } };
}

const EVIDENCE = {
  version: 1 as const,
  seen: [{ at: '2026-11-20T01:17:42.123Z', sourcePort: 51_234 }],
  headers: 'Received: from x\nFrom: <a@b.example>',
};

describe('sealed evidence', () => {
  it('is opened by its owner and by nobody else', async () => {
    const [a, b] = [await makeKeys(), await makeKeys()];
    const sealed = await sealEvidence(EVIDENCE, a.owner);
    expect(await openSealed(sealed, [b.opening, a.opening])).toEqual(EVIDENCE);
    await expect(openSealed(sealed, [b.opening])).rejects.toMatchObject({ code: 'sealed-key-unknown' });
    await expect(openSealed(sealed, [{ ...b.opening, kid: a.owner.kid }])).rejects.toMatchObject({
      code: 'sealed-damaged',
    });
  });

  it('names its key and shows neither content nor length', async () => {
    const { owner } = await makeKeys();
    const [one, other] = [
      await sealEvidence(EVIDENCE, owner),
      await sealEvidence({ ...EVIDENCE, note: 'longer by some words' }, owner),
    ];
    expect(readRecipientKid(one)).toBe(owner.kid);
    expect(one).toHaveLength(other.length);
    expect(one).not.toBe(other);
  });

  it('of the greatest size fits into a report, and of a greater one is refused', async () => {
    const { owner } = await makeKeys();
    const room = 11 * 1_024 - JSON.stringify({ ...EVIDENCE, headers: '', note: '' }).length;
    const full = { ...EVIDENCE, headers: 'h'.repeat(10_000), note: 'n'.repeat(Math.min(500, room - 10_000)) };
    expect((await sealEvidence(full, owner)).length).toBeLessThanOrEqual(16_384);
    const tooMuch = { ...full, headers: '”'.repeat(4_000) };
    await expect(sealEvidence(tooMuch, owner)).rejects.toMatchObject({ code: 'evidence-too-large' });
  });

  it('that was changed in one place is not opened', async () => {
    const { owner, opening } = await makeKeys();
    const parts = (await sealEvidence(EVIDENCE, owner)).split('.');
    for (const part of [1, 2, 3, 4]) {
      const text = parts[part] ?? '';
      const changed = parts.with(part, `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`).join('.');
      await expect(openSealed(changed, [opening])).rejects.toMatchObject({ code: 'sealed-damaged' });
    }
  });

  it('of another version, or with a field that has no place, is refused on both sides', async () => {
    const { owner, opening } = await makeKeys();
    await expect(sealEvidence({ ...EVIDENCE, version: 2 } as never, owner)).rejects.toMatchObject({
      code: 'evidence-malformed',
    });
    const foreign = await new CompactEncrypt(
      new TextEncoder().encode(JSON.stringify({ ...EVIDENCE, recipient: 'anna@isp.example' })),
    )
      .setProtectedHeader({ alg: SEALED_ALG, enc: SEALED_ENC, typ: SEALED_TYP, kid: owner.kid })
      .encrypt(await importJWK(owner.jwk as JWK & { kty: string }, SEALED_ALG));
    await expect(openSealed(foreign, [opening])).rejects.toMatchObject({ code: 'evidence-malformed' });
  });

  it.each([
    ['another content encryption', { enc: 'A128GCM' }],
    ['compression, whose length tells of content', { zip: 'DEF' }],
    ['a readable field', { reporter: 'isp-a' }],
    ['no key id', { kid: '' }],
  ])('with %s in its header is refused before anything is opened', (_title, change) => {
    const header = { alg: SEALED_ALG, enc: SEALED_ENC, typ: SEALED_TYP, kid: 'k', epk: {}, ...change };
    const text = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.a.b.c.d`;
    expect(() => readRecipientKid(text)).toThrow(expect.objectContaining({ code: 'sealed-malformed' }));
  });
});

describe('the sample of a header', () => {
  it('names no recipient and holds no content', () => {
    const sample = sampleOfHeaders(
      [
        'Return-Path: <bounce-anna=isp.example@list.example>',
        'Delivered-To: anna@isp.example',
        'Received: from mail (mail [203.0.113.9])',
        '\tby mx.isp.example with SMTP id 1 for <anna@isp.example>;',
        '\tFri, 20 Nov 2026 01:17:42 +0000',
        'To: Anna <anna@isp.example>,',
        ' bob@isp.example',
        'Subject: to Anna',
        'From: <x@spam.example>',
        '',
        'Dear anna@isp.example',
      ].join('\r\n'),
    );
    expect(sample).not.toMatch(/anna|bob|Dear/i);
    expect(sample.split('\n')).toEqual([
      'Return-Path: <@list.example>',
      'Received: from mail (mail [203.0.113.9])',
      '\tby mx.isp.example with SMTP id 1;',
      '\tFri, 20 Nov 2026 01:17:42 +0000',
      'From: <x@spam.example>',
    ]);
  });
});
