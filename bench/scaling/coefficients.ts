// What one unit of work costs, as `npm run bench:scaling -- --save` measures it; the model computes with nothing else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Coefficients {
  /** Machine, software and revision of the measurement. */
  readonly measuredOn: string;
  /** Processor seconds for 1,000 reports. */
  readonly per1000Reports: {
    readonly hub: number;
    /** Of the database: to store them, and to score them. */
    readonly databaseStore: number;
    readonly databaseScore: number;
    readonly worker: number;
    /** The same with two workers at once: what they cost each other. */
    readonly workerOfTwo: number;
    readonly databaseScoreOfTwo: number;
    readonly redis: number;
  };
  /** Processor seconds of an edge for 1,000,000 lookups. */
  readonly perMillionLookups: number;
  readonly bytes: {
    /** In the write-ahead log, for one report from the request to the score. */
    readonly walPerReport: number;
    /** Kept for each report: its sighting with its indexes, receipt, log. */
    readonly perReport: number;
    /** Kept for each subject: reputation, zone entries. */
    readonly perSubject: number;
  };
}

export const COEFFICIENTS_FILE = join(import.meta.dirname, 'measured.json');

export const readCoefficients = async (): Promise<Coefficients> =>
  JSON.parse(await readFile(COEFFICIENTS_FILE, 'utf8')) as Coefficients;
