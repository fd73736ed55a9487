// YAML 1.2 whose faults are told by line.
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

export interface PolicyFault {
  /** 1 and up. */
  readonly line: number;
  readonly column: number;
  /** What, where and a good example. */
  readonly message: string;
}

/** The text is no policy. Every fault at once, in the order of the lines. */
export class PolicyInvalid extends Error {
  override readonly name = 'PolicyInvalid';
  readonly code = 'policy-invalid';
  readonly kind = 'Rejected';
  constructor(readonly faults: readonly PolicyFault[]) {
    super(faults.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`).join('\n'));
  }
}

/** A policy of ten thousand own networks is some 200 kB. */
const MAX_TEXT_LENGTH = 4_000_000;

export class YamlText {
  private constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
  ) {}

  /** @throws {PolicyInvalid} what is no YAML, with the line of every fault */
  static parse(text: string): YamlText {
    if (text.length > MAX_TEXT_LENGTH)
      throw new PolicyInvalid([{ line: 1, column: 1, message: `longer than ${MAX_TEXT_LENGTH} characters` }]);
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const read = new YamlText(document, lines);
    const broken = [...document.errors, ...document.warnings];
    if (broken.length > 0)
      throw new PolicyInvalid(broken.map(({ pos, message }) => read.faultAt(pos[0], message)));
    return read;
  }

  /** @throws {PolicyInvalid} with the line of every fault */
  read<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.plain());
    if (parsed.success) return parsed.data;
    throw new PolicyInvalid(this.faultsOf(parsed.error.issues));
  }

  /** 1 and up. */
  lineOf(path: readonly PropertyKey[]): number {
    return this.faultAt(this.offsetOf(path), '').line;
  }

  /** The values alone; aliases are limited by yaml itself, against texts that unfold to gigabytes. */
  private plain(): unknown {
    try {
      return this.document.toJS();
    } catch (error) {
      throw new PolicyInvalid([this.faultAt(0, error instanceof Error ? error.message : String(error))]);
    }
  }

  private faultAt(offset: number, message: string): PolicyFault {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  }

  private faultsOf(issues: readonly z.core.$ZodIssue[]): PolicyFault[] {
    return issues
      .flatMap((issue) => {
        const where = issue.path.map(String).join('.');
        if (issue.code === 'unrecognized_keys')
          return issue.keys.map((key) =>
            this.faultAt(
              this.offsetOf(issue.path, key),
              `${[where, key].filter(Boolean).join('.')}: no such setting`,
            ),
          );
        return [
          this.faultAt(this.offsetOf(issue.path), `${where === '' ? 'the file' : where}: ${issue.message}`),
        ];
      })
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Where the value at a path begins, or its key; what is missing is where it should have been. */
  private offsetOf(path: readonly PropertyKey[], key?: string): number {
    const { document } = this;
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isScalar(item.key) && item.key.value === (key ?? path[length]),
        );
        if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
      }
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
        return Number(node.range[0]);
    }
    return 0;
  }
}
