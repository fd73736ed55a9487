import { DatasetLoader, DatasetRefused, type Dataset, type LineFault, type ZoneSpec } from '@sekisho/rbldnsd';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isSameState, stateOf, type FileState } from './file-state.js';

/** More say nothing new and fill the log. */
const MAX_FAULTS = 20;
const CHUNK_BYTES = 256 * 1024;

export interface DatasetRequest {
  readonly type: ZoneSpec['type'];
  readonly files: readonly string[];
  readonly ttlSeconds: number;
  /**
   * A zone is in service already: then files that look cut off, that are empty or of which no line can be read are
   * refused, since what is served is better.
   */
  readonly isReload: boolean;
}

export interface ReadDataset {
  readonly dataset: Dataset;
  /** As the files were when they were read, in their order. */
  readonly states: readonly FileState[];
  readonly faults: readonly LineFault[];
  readonly faultCount: number;
}

/** Reads and compiles the files of a dataset. @throws {DatasetRefused} */
export async function readDataset(request: DatasetRequest): Promise<ReadDataset> {
  const faults: LineFault[] = [];
  const loader = new DatasetLoader(request.type, {
    nowSeconds: Date.now() / 1000,
    ttlSeconds: request.ttlSeconds,
    onFault: (fault) => {
      if (faults.length < MAX_FAULTS) faults.push(fault);
    },
  });
  const states: FileState[] = [];
  for (const file of request.files) states.push(await readFile(loader, file, request.isReload));
  const dataset = loader.finish();
  if (request.isReload && dataset.entries === 0 && loader.faultCount > 0) {
    throw new DatasetRefused(request.files.join(), 0, 'none of its lines can be read');
  }
  return { dataset, states, faults, faultCount: loader.faultCount };
}

async function readFile(loader: DatasetLoader, file: string, isReload: boolean): Promise<FileState> {
  const before = await stateOf(file);
  if (!before) throw new DatasetRefused(file, 0, 'it cannot be opened');
  if (isReload && before.bytes === 0) {
    throw new DatasetRefused(file, 0, 'it is empty; a file with a comment in it empties the zone');
  }
  loader.startFile(file);
  try {
    await stream(file, loader);
  } catch (error) {
    if (error instanceof DatasetRefused || !(error instanceof Error)) throw error;
    throw new DatasetRefused(file, 0, `it cannot be read: ${error.message}`, { cause: error });
  }
  const isWhole = loader.endFile();
  if (isReload && !isWhole) {
    throw new DatasetRefused(file, 0, 'its last line does not end: it is cut off or still being written');
  }
  if (!isSameState(before, await stateOf(file))) {
    throw new DatasetRefused(file, 0, 'it changed while it was read: write a new file and rename it');
  }
  return before;
}

async function stream(file: string, loader: DatasetLoader): Promise<void> {
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const consume = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) loader.push(chunk);
  };
  if (await isCompressed(file)) await pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), consume);
  else await pipeline(source, consume);
}

/** RFC 1952 section 2.3.1. */
async function isCompressed(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
