import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isAllowed, type Operation } from '@sekisho/access';
import type { Caller } from '@sekisho/auth';
import { requestOf, type SekishoRequest } from './request.js';
import { OPERATION } from './allow.decorator.js';
import { CallerService } from './caller.service.js';
import { AccessDenied } from './errors.js';

/** Stands before every route and resolver. What names no operation is closed to everybody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly callers: CallerService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = this.reflector.getAllAndOverride<Operation | undefined>(OPERATION, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = requestOf(context);
    const caller = await this.callerOf(request);
    if (operation && isAllowed(caller.role, operation)) return true;
    throw caller.role === 'anonymous'
      ? new AccessDenied(
          'authentication-required',
          'an access token is needed: POST /oauth/token with private_key_jwt',
        )
      : new AccessDenied('access-denied', `the role ${caller.role} may not do ${operation ?? 'this'}`);
  }

  private async callerOf(request: SekishoRequest): Promise<Caller> {
    if (!request.sekishoCaller || request.isSocket) {
      request.sekishoCaller = await this.callers.identify(request.headers?.authorization);
    }
    return request.sekishoCaller;
  }
}
