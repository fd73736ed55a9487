// Transcripts: what a person types and sees, with the files it needs, in one text file.
//
//   Text before the first command, and lines that start with `# `, are for the reader.
//   $ sekisho lookup foo < subjects.txt     a command for /bin/sh
//   score  90                               its standard output: `[..]` stands for anything within a line,
//   ...                                     a line `...` for any number of lines, $NAME for a variable
//   ! sekisho: not a subject                its standard error
//   ? 2                                     its exit status, when it is not 0
//   -- subjects.txt --                      a file in the working directory, up to the next one (as in txtar)

export interface TranscriptStep {
  readonly command: string;
  /** Where the command stands in the text, from 1. */
  readonly line: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly status: number;
}

export interface Transcript {
  readonly steps: readonly TranscriptStep[];
  readonly files: ReadonlyMap<string, string>;
}

/** What a command did. */
export interface StepOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

type Variables = Readonly<Record<string, string>>;

const FILE_HEADING = /^-- (\S+) --$/;

/** Never throws: a text without a command has no steps. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n');
  const firstFile = lines.findIndex((line) => FILE_HEADING.test(line));
  const script = firstFile < 0 ? lines : lines.slice(0, firstFile);
  const starts = script.flatMap((line, at) => (line.startsWith('$ ') ? [at] : []));
  const steps = starts.map((start, n) =>
    readStep(script.slice(start, starts[n + 1] ?? script.length), start + 1),
  );
  return { steps, files: readFiles(firstFile < 0 ? [] : lines.slice(firstFile)) };
}

function readStep(lines: readonly string[], line: number): TranscriptStep {
  const expected = lines.slice(1).filter((text) => !text.startsWith('# '));
  const isStderr = (text: string) => text === '!' || text.startsWith('! ');
  const isStatus = (text: string) => /^\? \d+$/.test(text);
  return {
    command: (lines[0] ?? '').slice(2),
    line,
    stdout: withoutBlankEnd(expected.filter((text) => !isStderr(text) && !isStatus(text))),
    stderr: withoutBlankEnd(expected.filter(isStderr).map((text) => text.slice(2))),
    status: Number(expected.find(isStatus)?.slice(2) ?? 0),
  };
}

function readFiles(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const heading = FILE_HEADING.exec(line)?.[1];
    if (heading !== undefined) {
      name = heading;
      files.set(name, '');
    } else {
      files.set(name, `${files.get(name) ?? ''}${line}\n`);
    }
  }
  // The line end before the end of the text belongs to the text, not to the last file.
  if (name !== '') files.set(name, (files.get(name) ?? '').replace(/\n$/, ''));
  return files;
}

/** The differences in words, undefined when the outcome is as written. */
export function compareStep(
  step: TranscriptStep,
  outcome: StepOutcome,
  variables: Variables,
): string | undefined {
  const differences = [
    compareStream('standard output', step.stdout, outcome.stdout, variables),
    compareStream('standard error', step.stderr, outcome.stderr, variables),
    step.status === outcome.status
      ? undefined
      : `exit status: ${String(outcome.status)} instead of ${String(step.status)}`,
  ].filter((difference) => difference !== undefined);
  return differences.length === 0
    ? undefined
    : [`line ${String(step.line)}: $ ${step.command}`, ...differences].join('\n');
}

function compareStream(
  name: string,
  expected: readonly string[],
  text: string,
  variables: Variables,
): string | undefined {
  const lines = withoutBlankEnd(text.split('\n'));
  if (patternOf(expected, variables).test(lines.map((line) => `${line}\n`).join(''))) return undefined;
  const indent = (list: readonly string[]) =>
    (list.length > 0 ? list : ['(nothing)']).map((line) => `    ${line}`);
  return [`${name}:`, ...indent(lines), '  instead of:', ...indent(expected)].join('\n');
}

function patternOf(expected: readonly string[], variables: Variables): RegExp {
  const lines = expected.map((line) =>
    line === '...'
      ? '(?:.*\\n)*?'
      : `${substitute(line, variables).split('[..]').map(escapePattern).join('.*')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

const escapePattern = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const substitute = (line: string, variables: Variables) =>
  line.replace(/\$([A-Z][A-Z0-9_]*)/g, (whole, name: string) => variables[name] ?? whole);

/**
 * The transcript with the outcomes as its expectations; where an expectation held it stays as it was written.
 * @param outcomes one for each step, in order
 */
export function rewriteTranscript(
  text: string,
  outcomes: readonly StepOutcome[],
  variables: Variables,
): string {
  const { steps } = parseTranscript(text);
  const lines = text.split('\n');
  const firstFile = lines.findIndex((line) => FILE_HEADING.test(line));
  const end = firstFile < 0 ? lines.length : firstFile;
  const head = lines.slice(0, (steps[0]?.line ?? end + 1) - 1);
  const blocks = steps.map((step, n) => {
    const block = lines.slice(step.line - 1, (steps[n + 1]?.line ?? end + 1) - 1);
    const outcome = outcomes[n];
    if (!outcome || compareStep(step, outcome, variables) === undefined) return block;
    const comments = block.filter((line) => line.startsWith('# '));
    return [
      `$ ${step.command}`,
      ...withVariables(outcome.stdout, variables),
      ...withVariables(outcome.stderr, variables).map((line) => `! ${line}`.trimEnd()),
      ...(outcome.status === 0 ? [] : [`? ${String(outcome.status)}`]),
      '',
      ...comments,
    ];
  });
  return [...head, ...blocks.flat(), ...lines.slice(end)].join('\n');
}

function withVariables(text: string, variables: Variables): string[] {
  const longestFirst = Object.entries(variables).toSorted(([, a], [, b]) => b.length - a.length);
  return withoutBlankEnd(text.split('\n')).map((line) =>
    longestFirst.reduce((written, [name, value]) => written.replaceAll(value, `$${name}`), line),
  );
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}
