import type { EnrolledMember, HubSession } from '@sekisho/client';
import { describe, expect, it, vi } from 'vitest';
import { MemberAccess } from './member-access.js';

const member = {} as EnrolledMember;

/** A session whose tokens are numbered; a token is kept until it is forgotten. */
function numbered() {
  let number = 1;
  const accessToken = vi.fn(() => Promise.resolve(`token-${number}`));
  const forgetAccessToken = (refused: string) => {
    if (refused === `token-${number}`) number++;
  };
  return { accessToken, session: { accessToken, forgetAccessToken } as unknown as HubSession };
}

describe("a member's access", () => {
  it('opens one session, and asks it once for all who ask at the same time', async () => {
    const { accessToken, session } = numbered();
    const open = vi.fn(() => Promise.resolve(session));
    const access = new MemberAccess(() => Promise.resolve(member), open);
    expect(await Promise.all([access.token(), access.token()])).toEqual(['token-1', 'token-1']);
    expect(accessToken).toHaveBeenCalledTimes(1);
    await access.token();
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('has another token after a refusal, once however many were refused it', async () => {
    const access = new MemberAccess(
      () => Promise.resolve(member),
      () => Promise.resolve(session),
    );
    const { session } = numbered();
    const refused = await access.token();
    expect([access.renew(refused), access.renew(refused)]).toEqual([true, true]);
    expect(await access.token()).toBe('token-2');
  });

  it('reads the member again after a failure: its keys may be others', async () => {
    const read = vi.fn(() => Promise.resolve(member));
    const open = vi.fn(() => Promise.resolve(numbered().session));
    open.mockRejectedValueOnce(new Error('the hub is away'));
    const access = new MemberAccess(read, open);
    await expect(access.token()).rejects.toThrow('the hub is away');
    expect(await access.token()).toBe('token-1');
    expect(read).toHaveBeenCalledTimes(2);
  });
});
