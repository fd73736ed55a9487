import { HubRefused } from './session-api.ts';

/** The code of whatever went wrong between browser, passkey and hub, for the catalogue's `error.` messages. */
export function codeOfFailure(error: unknown): string {
  if (error instanceof HubRefused) return error.code;
  if (!(error instanceof Error)) return 'other';
  // A person who puts the browser's window away, and a time-out, are the same to a page (WebAuthn section 5.1.4).
  if (error.name === 'NotAllowedError' || error.name === 'AbortError') return 'passkey-cancelled';
  if (error.name === 'InvalidStateError') return 'passkey-exists';
  return 'passkey-failed';
}
