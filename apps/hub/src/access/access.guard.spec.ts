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

  forgotten() {
    return 'no @Allow';
  }
}

function knock(caller: Caller, handler: keyof Handlers, request: SekishoRequest = {}, asked: string[] = []) {
  const callers: Pick<CallerService, 'identify'> = {
    identify: (authorization) => {
      asked.push(authorization ?? '');
      return Promise.resolve(caller);
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
    await expect(knock({ role, memberId: 'isp-a' }, 'forgotten')).rejects.toMatchObject({
      name: 'AccessDenied',
      code: role === 'anonymous' ? 'authentication-required' : 'access-denied',
    });
  });

  it.each(ROLES)('lets the role %s do what everybody may', async (role) => {
    expect(await knock({ role, memberId: undefined }, 'open')).toBe(true);
  });

  it('asks once who makes an HTTP request, and for every operation on a socket', async () => {
    const caller: Caller = { role: 'member', memberId: 'isp-a' };
    const count = async (request: SekishoRequest) => {
      const asked: string[] = [];
      for (let i = 0; i < 3; i += 1) await knock(caller, 'open', request, asked);
      return asked.length;
    };
    expect(await count({ headers: {} })).toBe(1);
    expect(await count({ headers: {}, isSocket: true })).toBe(3);
  });
});
