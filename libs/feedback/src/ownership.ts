// Whether others confirm that a network is a member's: validated ROA payloads as validators print them (RFC 6811 says what
// they mean), and route objects of a routing registry (RFC 2622 section 4). The operator decides; this is what it looks at.
import { networkContains, parseNetwork, SubjectInvalid, type Network } from '@sekisho/subject';
import { z } from 'zod';

/** That an autonomous system may announce a network, or is registered to. */
export interface RouteOrigin {
  readonly network: Network;
  readonly asn: number;
  /** The longest prefix that may be announced; of a route object, its own. */
  readonly maxLength: number;
}

export interface OwnershipCheck {
  /** `confirmed`: a record of one of the member's systems; `contradicted`: only records of others; `unknown`: none. */
  readonly verdict: 'confirmed' | 'contradicted' | 'unknown';
  /** The records that say so. */
  readonly witnesses: readonly RouteOrigin[];
}

/** A file that is not what its name says. */
export class RouteFileInvalid extends Error {
  override readonly name = 'RouteFileInvalid';
  readonly kind = 'Rejected';
  readonly code = 'route-file-invalid';
}

const asnSchema = z
  .union([z.int().min(0).max(4_294_967_295), z.string().regex(/^AS\d{1,10}$/i)])
  .transform((asn) => (typeof asn === 'number' ? asn : Number(asn.slice(2))));
/** rpki-client writes the number, Routinator the `AS` in front of it; what else they write is not needed. */
const vrpSchema = z.object({
  roas: z.array(z.object({ prefix: z.string(), maxLength: z.int().min(0).max(128), asn: asnSchema })),
});

/** @throws {RouteFileInvalid} */
export function readVrps(text: string): RouteOrigin[] {
  const parsed = vrpSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RouteFileInvalid(
      `not the JSON of rpki-client or Routinator: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. ` +
        'Example: {"roas":[{"asn":64500,"prefix":"192.0.2.0/24","maxLength":24}]}',
    );
  }
  return parsed.data.roas.flatMap(({ prefix, maxLength, asn }) => originOf(prefix, asn, maxLength));
}

/** `route` and `route6` objects of a registry's dump; other objects and comments are passed over. */
export function readRouteObjects(text: string): RouteOrigin[] {
  return text.split(/\r?\n(?:[ \t]*\r?\n)+/).flatMap((object) => {
    const prefix = /^route6?:[ \t]*(\S+)/im.exec(object)?.[1];
    const asn = /^origin:[ \t]*AS(\d{1,10})/im.exec(object)?.[1];
    return prefix === undefined || asn === undefined ? [] : originOf(prefix, Number(asn));
  });
}

/** A record that covers the network, of one of the systems and as long as it allows, confirms; others contradict. */
export function checkOwnership(
  network: Network,
  asns: readonly number[],
  origins: readonly RouteOrigin[],
): OwnershipCheck {
  const covering = origins.filter((origin) => networkContains(origin.network, network));
  const confirming = covering.filter(
    ({ asn, maxLength }) => asns.includes(asn) && network.prefixLength <= maxLength,
  );
  if (confirming.length > 0) return { verdict: 'confirmed', witnesses: confirming };
  return { verdict: covering.length > 0 ? 'contradicted' : 'unknown', witnesses: covering };
}

function originOf(prefix: string, asn: number, maxLength?: number): RouteOrigin[] {
  try {
    const network = parseNetwork(prefix);
    // A route object says who announces the block; a more specific announcement is as much its holder's.
    return [{ network, asn, maxLength: maxLength ?? network.bytes.length * 8 }];
  } catch (error) {
    // One odd record among half a million is not the file's fault.
    if (error instanceof SubjectInvalid) return [];
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
