import { Scalar, type CustomScalar } from '@nestjs/graphql';
import { parseSubject, readSubject, SUBJECT_TYPES, type Subject } from '@sekisho/subject';
import { Kind, valueFromASTUntyped, type ValueNode } from 'graphql';
import { z } from 'zod';

export abstract class SubjectText {}

const typed = z.strictObject({ type: z.enum(SUBJECT_TYPES), value: z.string().max(300) });

/** Reads a subject from text or from {type, value}. @throws {SubjectInvalid} */
function read(value: unknown): Subject {
  if (typeof value === 'string') return readSubject(value.slice(0, 300));
  const parsed = typed.safeParse(value);
  if (parsed.success) return parseSubject(parsed.data.type, parsed.data.value);
  return readSubject(String(value).slice(0, 300));
}

@Scalar('Subject', () => SubjectText)
export class SubjectScalar implements CustomScalar<string, Subject> {
  description =
    'An address, network, domain or hash: "203.0.113.9", "192.0.2.0/24", "shop.example.com", ' +
    '"address:<sha-256>", "fingerprint:<sha-256>"; as input also {type, value} as in a report';

  parseValue = read;

  parseLiteral(node: ValueNode): Subject {
    return read(node.kind === Kind.STRING ? node.value : valueFromASTUntyped(node));
  }

  serialize(value: unknown): string {
    return String(value);
  }
}
