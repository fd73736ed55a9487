// A process that owns an embedded database: node database-owner.mjs <compiled embedded/index.js> <data directory>.
// Prints one line of JSON, then stops in order when its standard input ends, or with OWNER_FORGETS=1 just exits.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [entry, dataDir] = process.argv.slice(2);
const { startEmbeddedDatabase } = await import(pathToFileURL(entry).href);
try {
  const { url, stop } = await startEmbeddedDatabase({ dataDir, settings: { shared_buffers: '16MB' } });
  const postmasterPid = Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
  console.log(JSON.stringify({ url, postmasterPid }));
  process.stdin.resume().on('end', () => void (process.env.OWNER_FORGETS ? process.exit() : stop()));
} catch (error) {
  console.log(JSON.stringify({ name: error.name, code: error.code, message: error.message }));
  process.exitCode = 1;
}
