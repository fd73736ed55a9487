import { fetchFromHub } from './hub-transport.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';

/**
 * The snapshot file of a zone, as the hub has it now.
 * @param accessToken a member's access token or the operator's edge token
 * @throws {HubUnreachable | HubRefused}
 */
export async function fetchZoneSnapshot(
  hubUrl: string,
  zone: string,
  accessToken: string,
  runtime: ClientRuntime = systemRuntime,
): Promise<Uint8Array> {
  const url = `${hubUrl.replace(/\/+$/, '')}/zones/${encodeURIComponent(zone)}/snapshot`;
  return fetchFromHub(runtime, { url, accessToken });
}
