// What the hub does for a sign-up check is the same whatever it finds, so that its time tells nothing by construction.
import { MemberRepository, TerminationRepository } from '@sekisho/persistence';
import { generateKeyPair, SignJWT } from 'jose';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { MemberRegister } from '../../apps/hub/src/members/member-register.service.js';
import { Platform } from '../../apps/hub/src/platform/platform.js';
import { storedDigest, SubscribersService } from '../../apps/hub/src/subscribers/subscribers.service.js';
import { startHubInProcess } from '../setup/hub-in-process.js';
import { openTestDatabase } from '../setup/open-database.js';

const NOW = new Date();
const EPOCH = NOW.toISOString().slice(0, 7);
const anyTag = () => randomBytes(32).toString('base64url');

it('a check runs the same statements for a hit, a miss, a contested record and a planted one', async () => {
  await using database = await openTestDatabase();
  const members = new MemberRepository(database.dataSource);
  for (const id of ['isp-a', 'isp-b']) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.5, NOW);
  }
  const terminations = new TerminationRepository(database.dataSource);
  const recorded = async (isCanary: boolean) => {
    const tags = [anyTag(), anyTag()];
    const types = ['phone', 'address'] as const;
    const { terminationId } = await terminations.store({
      ...{
        memberId: 'isp-a',
        jti: randomUUID(),
        id: randomUUID(),
        envelopeDigest: randomBytes(32),
        isCanary,
      },
      ...{ epoch: EPOCH, reason: 'spam-sending', evidence: 'logs', caseNumber: 'A-1', registeredAt: NOW },
      terminatedOn: NOW.toISOString().slice(0, 10),
      expiresAt: new Date(NOW.getTime() + 86_400_000),
      tokens: types.map((type, i) => ({ type, epoch: EPOCH, digest: storedDigest(tags[i] ?? '') })),
    });
    return { id: terminationId, tags };
  };
  const [hit, contested, planted] = [await recorded(false), await recorded(false), await recorded(true)];
  await terminations.setContested({ memberId: 'isp-a', isReviewer: false }, contested.id, true, NOW);

  await using hub = await startHubInProcess(database.url);
  const platform = hub.app.get(Platform);
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  vi.spyOn(hub.app.get(MemberRegister), 'findSigningKey').mockReturnValue({
    memberId: 'isp-b',
    key: publicKey,
  });
  // Below transactions, which would have their own way to the database.
  const statements = vi.spyOn(pg.Client.prototype, 'query');

  const check = async (tags: readonly string[]) => {
    const identifiers = [
      { type: 'phone', tag: tags[0] },
      { type: 'address', tag: tags[1] },
    ];
    const envelope = await new SignJWT({
      check: {
        ...{ purpose: 'sign-up', noticeVersion: '1', legalBasis: 'consent' },
        tokens: [{ epoch: EPOCH, identifiers }],
      },
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'any', typ: 'sekisho-check+jwt' })
      .setIssuer('isp-b')
      .setAudience(platform.hubId)
      .setIssuedAt()
      .setJti(randomUUID())
      .sign(privateKey);
    statements.mockClear();
    const { strength } = await hub.app.get(SubscribersService).check('isp-b', envelope);
    // The hub's timers ask for other things meanwhile.
    const texts = statements.mock.calls
      .map(([text]: readonly unknown[]) => String(text))
      .filter((text) => text.includes('subscriber_'));
    return { strength, texts };
  };
  const answers = {
    hit: await check(hit.tags),
    half: await check([hit.tags[0] ?? '', anyTag()]),
    miss: await check([anyTag(), anyTag()]),
    contested: await check(contested.tags),
    planted: await check(planted.tags),
  };
  expect(Object.values(answers).map(({ strength }) => strength)).toEqual([
    ...['strong', 'possible', 'none'],
    ...['none', 'none'],
  ]);
  expect(answers.miss.texts).toHaveLength(3);
  for (const { texts } of Object.values(answers)) expect(texts).toEqual(answers.miss.texts);
});
