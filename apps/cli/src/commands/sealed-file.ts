import { sealForOwner, type HubSession } from '@sekisho/client';
import { MAX_EVIDENCE_BYTES, sampleOfHeaders, type EvidenceInput } from '@sekisho/sealed';
import type { Subject } from '@sekisho/subject';
import { readFile } from 'node:fs/promises';
import { readStandardInput, type CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';

/** Of a message only the header is used; it is at its beginning. */
const MAX_FILE_CHARACTERS = 1_000_000;

/**
 * Evidence from a file: a JSON document of the evidence schema, or a message of which the header without recipients is
 * taken. Sealed to the owner of the subject.
 */
export async function sealFile(
  file: string,
  { subject, seenAt }: { subject: Subject; seenAt: string },
  session: HubSession,
  context: CliContext,
): Promise<string> {
  const text = file === '-' ? await readStandardInput(context) : await readText(file);
  return sealForOwner(session, subject, evidenceOf(text, seenAt));
}

function evidenceOf(text: string, seenAt: string): EvidenceInput {
  if (text.trimStart().startsWith('{')) {
    try {
      // Checked against the schema when it is sealed.
      return JSON.parse(text) as EvidenceInput;
    } catch (error) {
      throw new CommandFailed(
        `--sealed-file: not JSON: ${error instanceof Error ? error.message : ''}`,
        'give {"version":1,"seen":[{"at":"2026-11-20T01:17:42Z","sourcePort":51234}]}, or a message with its header',
      );
    }
  }
  const headers = sampleOfHeaders(text.slice(0, MAX_FILE_CHARACTERS));
  if (headers.trim() === '') {
    throw new CommandFailed(
      '--sealed-file: there is no header in it',
      'give a message as it was received, or a JSON document; see docs/privacy.md',
    );
  }
  // Trace fields come first (RFC 5321 section 4.4), so what is cut off is the least useful.
  return { version: 1, seen: [{ at: seenAt }], headers: headers.slice(0, MAX_EVIDENCE_BYTES - 1_500) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(
      `--sealed-file: cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? ''}`,
      'name a file that this account may read, or - for standard input',
    );
  }
}
