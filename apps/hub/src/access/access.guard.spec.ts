import 'reflect-metadata';
import { Reflector } from '@nestjs/core';
import type { ExecutionContext } from '@nestjs/common';
import { ROLES } from '@sekisho/access';
import type { Caller } from '@sekisho/auth';
import { describe, expect, it } from 'vitest';
import { AccessGuard } from './access.guard.js';
import { Allow } from './allow.decorator.js';
import type { CallerService } from './caller.service.js';
import type { SekishoRequest } from './request.js';

class Handlers {
  @Allow('hub:describe')
  open() {
    return 'open';
  }

  @Allow('session:own')
  personal() {
    return 'for people';
  }

  forgotten() {
    return 'no @Allow';
  }
}

function knock(
  caller: Caller,
  handler: keyof Handlers,
  request: SekishoRequest = {},
  asked: SekishoRequest[] = [],
  isForged = false,
) {
  const callers: Pick<CallerService, 'identify'> = {
    identify: (given) => {
      asked.push(given);
      const isWelcome = () => Promise.resolve(true);
      return Promise.resolve({ caller, isWelcome, ...(isForged && { isForged }) });
    },
  };
  const context = {
    getHandler: (): unknown => Reflect.get(Handlers.prototype, handler),
    getClass: () => Handlers,
    getType: () => 'http',
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  return new AccessGuard(new Reflector(), callers as CallerService).canActivate(context);
}

describe('the access guard', () => {
  it.each(ROLES)('refuses a handler that names no operation to the role %s', async (role) => {
    await expect(knock({ role, memberId: 'isp-a', personId: undefined }, 'forgotten')).rejects.toMatchObject({
      name: 'AccessDenied',
      code: role === 'anonymous' ? 'authentication-required' : 'access-denied',
    });
  });

  it.each(ROLES)('lets the role %s do what everybody may', async (role) => {
    expect(await knock({ role, memberId: undefined, personId: undefined }, 'open')).toBe(true);
  });

  it('lets no machine do what is for people, though its role has the same name', async () => {
    const reviewer = { role: 'reviewer', memberId: 'isp-a' } as const;
    expect(await knock({ ...reviewer, personId: 'p' }, 'personal')).toBe(true);
    await expect(knock({ ...reviewer, personId: undefined }, 'personal')).rejects.toMatchObject({
      code: 'access-denied',
    });
  });

  it('says so when a session came without proof that the request is our own, and lets open ways be', async () => {
    const stranger: Caller = { role: 'anonymous', memberId: undefined, personId: undefined };
    expect(await knock(stranger, 'open', {}, [], true)).toBe(true);
    await expect(knock(stranger, 'personal', {}, [], true)).rejects.toMatchObject({ code: 'csrf-refused' });
  });

  it('asks once who makes an HTTP request, and for every operation on a socket', async () => {
    const caller: Caller = { role: 'member', memberId: 'isp-a', personId: undefined };
    const count = async (request: SekishoRequest) => {
      const asked: SekishoRequest[] = [];
      for (let i = 0; i < 3; i += 1) await knock(caller, 'open', request, asked);
      return asked.length;
    };
    expect(await count({ headers: {} })).toBe(1);
    expect(await count({ headers: {}, isSocket: true })).toBe(3);
  });
});
