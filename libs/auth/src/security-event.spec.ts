import { decodeJwt, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { NotAuthentic } from './errors.js';
import { generateHubKey, importHubKey } from './hub-key.js';
import { signSecurityEvent, type SecurityEvent } from './security-event.js';
import { verifyAccessToken } from './token.js';

const EVENT: SecurityEvent = {
  ...{ jti: '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44', audience: 'isp-a' },
  issuedAt: new Date('2026-11-19T01:30:00Z'),
  subject: { format: 'ip-addresses', 'ip-addresses': ['203.0.113.9'] },
  ...{ type: 'urn:example:event', details: { change: 'opened' } },
};
const hub = { key: await importHubKey(await generateHubKey()), id: 'https://hub.example' };

it('has the type and the claims of the standard, and neither sub nor exp', async () => {
  const { payload, protectedHeader } = await jwtVerify(
    await signSecurityEvent(EVENT, hub),
    hub.key.publicKey,
    { issuer: hub.id, audience: 'isp-a', typ: 'secevent+jwt' },
  );
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'secevent+jwt', kid: hub.key.kid });
  expect(payload).toEqual({
    ...{ iss: hub.id, aud: 'isp-a', jti: EVENT.jti, iat: 1_795_051_800, sub_id: EVENT.subject },
    events: { 'urn:example:event': { change: 'opened' } },
  });
});

it('is the same token when it is signed again', async () => {
  expect(await signSecurityEvent(EVENT, hub)).toBe(await signSecurityEvent(EVENT, hub));
});

it('is no access token', async () => {
  const text = await signSecurityEvent(EVENT, hub);
  expect(decodeJwt(text).aud).toBe('isp-a');
  await expect(verifyAccessToken(text, hub, new Date('2026-11-19T01:30:01Z'))).rejects.toThrow(NotAuthentic);
});
