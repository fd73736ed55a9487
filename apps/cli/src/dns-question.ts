import { decodeResponse, encodeQuery, TYPE, type Response } from '@sekisho/dns-wire';
import type { ListenAddress } from '@sekisho/config';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';

const ATTEMPT_MS = 1_000;
const ATTEMPTS = 3;

/** One server's answer over UDP. @throws when nobody answers */
export async function askServer(
  { host, port }: ListenAddress,
  name: string,
  type: number,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    try {
      const id = randomInt(0x1_0000);
      socket.connect(port, host);
      await once(socket, 'connect');
      socket.send(encodeQuery({ id, name, type }));
      const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(ATTEMPT_MS) })) as [
        Buffer,
      ];
      const response = decodeResponse(message);
      if (response?.id !== id) throw new Error(`not an answer to ${name}`);
      return response;
    } catch (error) {
      if (attempt === ATTEMPTS)
        throw new Error(`no DNS answer from ${host}:${port} for ${name}`, { cause: error });
    } finally {
      socket.close();
    }
  }
}

/** The A records of a name, sorted, from one server over UDP; none when the name does not exist. @throws when nobody answers */
export async function askForAddresses(server: ListenAddress, name: string): Promise<string[]> {
  const { answers } = await askServer(server, name, TYPE.A);
  return answers
    .filter(({ type }) => type === TYPE.A)
    .map(({ value }) => ('address' in value ? value.address : ''))
    .sort();
}
