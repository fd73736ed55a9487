import { decodeJwt, EmbeddedJWK, importJWK, jwtVerify, type JWK } from 'jose';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrol, rotateKeys } from './enrolment.js';
import { HubPeer, stillRuntime, type PeerAnswer } from './hub-peer.fixture.js';
import { MemberDirectory } from './member-directory.js';

const now = Date.parse('2026-11-20T01:30:00Z');
const { runtime } = stillRuntime(now);
const identity = { id: 'isp-a', name: 'ISP A', role: 'member', networks: ['192.0.2.0/24'], asns: [64500] };
const verifying = { audience: 'https://hub.example', currentDate: new Date(now), algorithms: ['EdDSA'] };

let peer: HubPeer;
let dir: string;
beforeEach(async () => {
  peer = await HubPeer.start();
  dir = await mkdtemp(join(tmpdir(), 'enrolment-'));
});
afterEach(async () => {
  await peer.stop();
  await rm(dir, { recursive: true });
});

const kidsOf = (jws: string, encryptionKey: JWK) => ({
  signingKid: (JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid,
  encryptionKid: encryptionKey.kid,
});

function registering(body: string): PeerAnswer {
  const { encryptionKey } = decodeJwt<{ encryptionKey: JWK }>(body);
  return {
    status: 201,
    json: { member: identity, hub: 'https://hub.example', ...kidsOf(body, encryptionKey) },
  };
}

function rotating(body: string): PeerAnswer {
  const { proof } = decodeJwt<{ proof: string }>(body);
  const { encryptionKey } = decodeJwt<{ encryptionKey: JWK }>(proof);
  return {
    status: 200,
    json: { ...kidsOf(proof, encryptionKey), previousValidUntil: '2026-11-27T01:30:00Z' },
  };
}

const enrolHere = () => enrol({ hubUrl: peer.url, code: 'AB12-CD34', dir }, { runtime });

describe('enrol', () => {
  it('proves possession of the key that it registers', async () => {
    peer.answer = ({ body }) => registering(body);
    const enrolled = await enrolHere();
    const [request] = peer.received('/enrolment');
    expect(request?.contentType).toBe('application/jwt');
    const { payload, protectedHeader } = await jwtVerify(request?.body ?? '', EmbeddedJWK, {
      ...verifying,
      typ: 'sekisho-enrolment+jwt',
    });
    expect(protectedHeader.kid).toBe(enrolled.signingKid);
    expect(payload).toMatchObject({
      code: 'AB12-CD34',
      iat: now / 1_000,
      encryptionKey: {
        kty: 'OKP',
        crv: 'X25519',
        kid: enrolled.encryptionKid,
        use: 'enc',
        alg: 'ECDH-ES+A256KW',
      },
    });
    expect(JSON.stringify([payload, protectedHeader])).not.toContain('"d":');
    expect(await new MemberDirectory(dir).open()).toMatchObject(identity);
  });

  it('has the keys on disk before the code is used', async () => {
    let files: string[] = [];
    const looking = {
      ...runtime,
      fetch: async (url: string, init: RequestInit) => {
        if (url.endsWith('/enrolment')) files = await readdir(dir);
        return fetch(url, init);
      },
    };
    peer.answer = ({ body }) => registering(body);
    await enrol({ hubUrl: peer.url, code: 'AB12-CD34', dir }, { runtime: looking });
    expect(files.toSorted()).toEqual(['encryption.jwk', 'signing.jwk']);
  });

  it('completes an enrolment whose answer was lost, with the same keys', async () => {
    peer.answer = () => ({ status: 400, json: { code: 'gone-before-the-answer' } });
    await expect(enrolHere()).rejects.toMatchObject({ code: 'gone-before-the-answer' });
    peer.answer = ({ body }) => registering(body);
    await enrolHere();
    const kids = peer.received('/enrolment').map(({ body }) => kidsOf(body, {}).signingKid);
    expect(new Set(kids).size).toBe(1);
  });

  it('stays unenrolled when the code is refused', async () => {
    peer.answer = () => ({ status: 401, json: { code: 'enrolment-code-invalid', detail: 'used' } });
    await expect(enrolHere()).rejects.toMatchObject({ status: 401, code: 'enrolment-code-invalid' });
    await expect(new MemberDirectory(dir).open()).rejects.toMatchObject({ code: 'member-not-enrolled' });
    expect(peer.received('/enrolment')).toHaveLength(1);
  });

  it('does not use the code when the directory is taken', async () => {
    peer.answer = ({ body }) => registering(body);
    await enrolHere();
    await expect(enrolHere()).rejects.toMatchObject({ code: 'member-already-enrolled' });
    expect(peer.received('/enrolment')).toHaveLength(1);
  });

  it('refuses an answer about other keys', async () => {
    peer.answer = ({ body }) => {
      const answer = registering(body);
      return answer === 'cut'
        ? answer
        : { ...answer, json: { ...(answer.json as object), signingKid: 'other' } };
    };
    await expect(enrolHere()).rejects.toMatchObject({ code: 'hub-answer-invalid' });
  });
});

describe('rotateKeys', () => {
  beforeEach(async () => {
    peer.answer = ({ body }) => registering(body);
    await enrolHere();
  });

  it('is asked for by the current key and proved by the new one', async () => {
    const current = await new MemberDirectory(dir).open();
    peer.answer = ({ body }) => rotating(body);
    const rotated = await rotateKeys(dir, { runtime });
    expect(rotated.previousValidUntil).toBe('2026-11-27T01:30:00Z');
    const body = peer.received('/keys')[0]?.body ?? '';
    // The old private key verifies nothing; its public half is in the enrolment request.
    const enrolment = peer.received('/enrolment')[0]?.body ?? '';
    const header = JSON.parse(Buffer.from(enrolment.split('.')[0] ?? '', 'base64url').toString()) as {
      jwk: JWK;
    };
    const outer = await jwtVerify<{ proof: string }>(body, await importJWK(header.jwk), {
      ...verifying,
      issuer: 'isp-a',
      typ: 'sekisho-rotation+jwt',
    });
    expect(outer.protectedHeader.kid).toBe(current.signing.kid);
    const proof = await jwtVerify(outer.payload.proof, EmbeddedJWK, {
      ...verifying,
      typ: 'sekisho-enrolment+jwt',
    });
    expect(proof.protectedHeader.kid).toBe(rotated.signingKid);
    expect(rotated.signingKid).not.toBe(current.signing.kid);
    expect((await new MemberDirectory(dir).open()).signing.kid).toBe(rotated.signingKid);
  });

  it('keeps the current keys when it fails, and offers the same new keys the next time', async () => {
    const before = await new MemberDirectory(dir).open();
    peer.answer = () => ({ status: 403, json: { code: 'member-suspended' } });
    await expect(rotateKeys(dir, { runtime })).rejects.toMatchObject({ code: 'member-suspended' });
    expect((await new MemberDirectory(dir).open()).signing.kid).toBe(before.signing.kid);
    peer.answer = ({ body }) => rotating(body);
    await rotateKeys(dir, { runtime });
    const offered = peer
      .received('/keys')
      .map(({ body }) => kidsOf(decodeJwt<{ proof: string }>(body).proof, {}).signingKid);
    expect(offered[1]).toBe(offered[0]);
  });
});
