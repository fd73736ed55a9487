import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isAllowed, isForPeople, type Operation } from '@sekisho/access';
import { requestOf, type Identified, type SekishoRequest } from './request.js';
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
    const identified = await this.identify(requestOf(context));
    const { role, personId } = identified.caller;
    const isOpen = operation !== undefined && isAllowed(role, operation);
    if (isOpen && (personId !== undefined || !isForPeople(operation))) return true;
    throw refusalOf(identified, operation);
  }

  private async identify(request: SekishoRequest): Promise<Identified> {
    if (!request.sekishoIdentified || request.isSocket) {
      request.sekishoIdentified = await this.callers.identify(request);
    }
    return request.sekishoIdentified;
  }
}

function refusalOf({ caller, isForged }: Identified, operation: Operation | undefined): AccessDenied {
  if (isForged) {
    return new AccessDenied(
      'csrf-refused',
      'a request with a session must come from the hub itself, with the header x-sekisho-csrf as GET /session tells it',
    );
  }
  return caller.role === 'anonymous'
    ? new AccessDenied(
        'authentication-required',
        'people sign in at /console/; machines need an access token: POST /oauth/token with private_key_jwt',
      )
    : new AccessDenied('access-denied', `the role ${caller.role} may not do ${operation ?? 'this'}`);
}
