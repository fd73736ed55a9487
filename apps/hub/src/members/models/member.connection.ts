import { ObjectType } from '@nestjs/graphql';
import { connectionOf, edgeOf } from '../../graphql/connection.js';
import { MemberModel } from './member.model.js';

@ObjectType()
export class MemberEdge extends edgeOf(MemberModel) {}

@ObjectType()
export class MemberConnection extends connectionOf(MemberEdge) {}
