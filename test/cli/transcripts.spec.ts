import { runTranscript } from '@sekisho/testing';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = import.meta.dirname;
const commands = { sekisho: [process.execPath, join(folder, '../../apps/cli/bin/sekisho.mjs')] };

// `UPDATE_TRANSCRIPTS=1 npm test -- test/cli` writes what happens into the files, to be read before it is committed.
const isUpdating = process.env['UPDATE_TRANSCRIPTS'] === '1';

describe('sekisho without a hub', () => {
  it.each(readdirSync(folder).filter((file) => file.endsWith('.txt')))('does as %s says', async (file) => {
    await runTranscript(join(folder, file), {
      commands,
      isUpdating,
      variables: { CLOSED: await closedAddress() },
    });
  });
});

/** An address and port on the loopback where nobody listens. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${String(port)}`;
}
