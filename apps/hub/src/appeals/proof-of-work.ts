// ALTCHA's proof of work, made and checked here: it costs a sender of thousands of appeals computing time, and no third party
// learns who appeals.
import { Injectable } from '@nestjs/common';
import { AppealRefused } from '@sekisho/persistence';
import { createChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { Platform } from '../platform/platform.js';
import { AppealKeys } from './appeal-keys.js';

/** 256 tries of 5,000 rounds in the mean: about a second of a desktop computer, some seconds of an old telephone. */
const PUZZLE = { algorithm: 'PBKDF2/SHA-256', cost: 5_000, keyPrefix: '00', keyLength: 32 } as const;
const PUZZLE_LIFETIME_MS = 20 * 60_000;
const MAX_PAYLOAD = 4_000;

const hex = z.string().regex(/^[0-9a-f]{2,128}$/);
const payload = z.object({
  challenge: z.object({
    parameters: z.object({
      algorithm: z.literal(PUZZLE.algorithm),
      cost: z.literal(PUZZLE.cost),
      keyLength: z.literal(PUZZLE.keyLength),
      keyPrefix: z.literal(PUZZLE.keyPrefix),
      nonce: hex,
      salt: hex,
      expiresAt: z.int(),
    }),
    signature: hex,
  }),
  solution: z.object({ counter: z.int().min(0).max(0xffff_ffff), derivedKey: hex }),
});

@Injectable()
export class ProofOfWork {
  constructor(
    private readonly platform: Platform,
    private readonly keys: AppealKeys,
  ) {}

  /** A puzzle in ALTCHA's format, version 2. */
  async challenge(): Promise<object> {
    const expiresAt = new Date(this.platform.now().getTime() + PUZZLE_LIFETIME_MS);
    return createChallenge({
      ...PUZZLE,
      ...{ deriveKey, expiresAt, hmacSignatureSecret: this.keys.puzzleSecret },
    });
  }

  /** @returns what names the puzzle: it counts once @throws {AppealRefused} appeal-proof */
  async verify(text: string): Promise<string> {
    const given = text.length <= MAX_PAYLOAD ? payload.safeParse(decode(text)) : undefined;
    if (!given?.success)
      throw refused('the proof of work is not one: base64 of JSON with challenge and solution');
    const { challenge, solution } = given.data;
    const { verified, expired } = await verifySolution({
      ...{ challenge, solution, deriveKey, hmacSignatureSecret: this.keys.puzzleSecret },
    });
    const isOver = expired || challenge.parameters.expiresAt * 1_000 < this.platform.now().getTime();
    if (verified && !isOver) return challenge.signature;
    throw refused(isOver ? 'the puzzle is too old; open the form again' : 'the puzzle is not solved');
  }
}

const refused = (message: string) => new AppealRefused('appeal-proof', message);

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString());
  } catch {
    return undefined;
  }
}
