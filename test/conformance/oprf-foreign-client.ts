// A member's OPRF client that shares no code with ours: @cloudflare/voprf-ts for the protocol, JSON of DESIGN 4.6 by hand.
import {
  DLEQProof,
  Evaluation,
  Oprf,
  OPRFClient,
  type EvaluationRequest,
  type FinalizeData,
  VOPRFClient,
} from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';

const SUITE = Oprf.Suite.RISTRETTO255_SHA512;
const GROUP = Oprf.getGroup(SUITE, CryptoNoble);

/** One holder of a key share, as a member sees it. */
export interface EvaluatingParty {
  /** Where to POST, such as `http://127.0.0.1:8080/oprf/evaluate`. */
  readonly url: string;
  /** 32 octets, published and pinned. */
  readonly publicKey: Uint8Array;
  /** Such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a JSON body and resolves to the parsed answer; a test without network puts its own here. */
export type Post = (party: EvaluatingParty, body: unknown) => Promise<unknown>;

const postJson: Post = async ({ url, headers }, body) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
};

const decode = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64url'));

/**
 * Tokens (64 octets) of framed inputs in their order, from hub and trustee.
 * @throws {Error} when a party's proof does not hold against its own key (`proof failed`), or it answers an error
 */
export async function obtainTokens(
  parties: { readonly hub: EvaluatingParty; readonly trustee: EvaluatingParty },
  epoch: string,
  inputs: readonly Uint8Array[],
  post: Post = postJson,
): Promise<Uint8Array[]> {
  const blinder = new VOPRFClient(SUITE, parties.hub.publicKey, CryptoNoble);
  const [finalizeData, request] = await blinder.blind(inputs.map((input) => Uint8Array.from(input)));
  const body = { suite: SUITE, epoch, blinded: encodeElements(request) };
  const answers = await Promise.all(
    [parties.hub, parties.trustee].map(async (party) => proven(party, finalizeData, await post(party, body))),
  );
  const [byHub, byTrustee] = answers;
  if (byHub === undefined || byTrustee === undefined) throw new Error('two parties must answer');
  const sums = byHub.evaluated.map((element, i) => {
    const other = byTrustee.evaluated[i];
    if (other === undefined) throw new Error('the parties answer different numbers of elements');
    const sum = element.add(other);
    if (sum.isIdentity()) throw new Error('the keys cancel each other out');
    return sum;
  });
  // The last hash of RFC 9497 is the same in both modes, and the sum of two answers has no proof of its own.
  const finisher = new OPRFClient(SUITE, CryptoNoble);
  return finisher.finalize(finalizeData, new Evaluation(Oprf.Mode.OPRF, sums));
}

const encodeElements = (request: EvaluationRequest): string[] =>
  request.blinded.map((element) => Buffer.from(element.serialize(true)).toString('base64url'));

async function proven(
  party: EvaluatingParty,
  finalizeData: FinalizeData,
  answer: unknown,
): Promise<Evaluation> {
  const { evaluated, proof } = answer as { evaluated: string[]; proof: string };
  const evaluation = new Evaluation(
    Oprf.Mode.VOPRF,
    evaluated.map((text) => GROUP.desElt(decode(text))),
    DLEQProof.deserialize(GROUP.id, decode(proof), CryptoNoble),
  );
  const verifier = new VOPRFClient(SUITE, party.publicKey, CryptoNoble);
  // Verifies before it finalises; what it gives is one party's half and goes no further.
  await verifier.finalize(finalizeData, evaluation);
  return evaluation;
}
