/** A line of a file of reports cannot be read. Nothing of the file is scored. */
export class ReportLineInvalid extends Error {
  override readonly name = 'ReportLineInvalid';
  readonly code = 'report-line-invalid';
  readonly kind = 'Rejected';
  constructor(
    readonly file: string,
    /** Counted from 1. */
    readonly line: number,
    fault: string,
  ) {
    super(`${file}:${String(line)}: ${fault}. Example: ${EXAMPLE}`);
  }
}

const EXAMPLE =
  '{"time":"2026-11-20T01:20:00Z","reporter":"isp-a","subject":"203.0.113.9","category":"zombie","evidence":"trap","count":12}';
