import { decodeProtectedHeader } from 'jose';

/** Which key a JWS says that it is signed with; nothing is verified. */
export function kidOf(jws: string | undefined): string | undefined {
  try {
    return decodeProtectedHeader(jws ?? '').kid;
  } catch {
    return undefined;
  }
}
