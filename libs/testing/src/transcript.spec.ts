import { describe, expect, it } from 'vitest';
import { compareStep, parseTranscript, rewriteTranscript, type TranscriptStep } from './transcript.js';

const TEXT = `What it shows.

$ sekisho lookup $HUB < in.txt
score [..]
...

last line

# A word between.
$ sekisho nonsense
! sekisho: unknown command
!
! what to do: --help
? 2

-- in.txt --
203.0.113.9

-- folder/empty.txt --
`;

const step = (fields: Partial<TranscriptStep>): TranscriptStep => ({
  command: 'c',
  line: 1,
  stdout: [],
  stderr: [],
  status: 0,
  ...fields,
});
const outcome = (stdout: string, stderr = '', status = 0) => ({ stdout, stderr, status });

describe('parseTranscript', () => {
  it('reads commands with both outputs, exit status and files', () => {
    const { steps, files } = parseTranscript(TEXT);
    expect(steps).toEqual([
      {
        command: 'sekisho lookup $HUB < in.txt',
        line: 3,
        stdout: ['score [..]', '...', '', 'last line'],
        stderr: [],
        status: 0,
      },
      {
        command: 'sekisho nonsense',
        line: 10,
        stdout: [],
        stderr: ['sekisho: unknown command', '', 'what to do: --help'],
        status: 2,
      },
    ]);
    expect([...files]).toEqual([
      ['in.txt', '203.0.113.9\n\n'],
      ['folder/empty.txt', ''],
    ]);
  });

  it('finds no step in a text without a command', () => {
    expect(parseTranscript('only words\n').steps).toEqual([]);
  });
});

describe('compareStep', () => {
  it('takes [..] within a line, ... for lines and $NAME for its value', () => {
    const written = step({ stdout: ['at $HUB: [..] ms', '...', 'end'] });
    const variables = { HUB: 'http://127.0.0.1:1' };
    expect(compareStep(written, outcome('at http://127.0.0.1:1: 12 ms\nend\n'), variables)).toBeUndefined();
    expect(
      compareStep(written, outcome('at http://127.0.0.1:1: 1 ms\na\n\nb\nend\n'), variables),
    ).toBeUndefined();
    expect(compareStep(written, outcome('at http://127.0.0.1:2: 12 ms\nend\n'), variables)).toContain(
      'instead of',
    );
  });

  it('does not let [..] run over a line end, nor a dot stand for any character', () => {
    expect(compareStep(step({ stdout: ['a[..]b'] }), outcome('a\nb\n'), {})).toBeDefined();
    expect(compareStep(step({ stdout: ['1.2'] }), outcome('1x2\n'), {})).toBeDefined();
  });

  it.each([
    ['more output than written', outcome('a\nb\n')],
    ['output where none is written', outcome('a\n', 'warning\n')],
    ['another exit status', outcome('a\n', '', 1)],
    ['no output', outcome('')],
  ])('reports %s', (_case, happened) => {
    expect(compareStep(step({ stdout: ['a'] }), happened, {})).toContain('line 1: $ c');
  });
});

describe('rewriteTranscript', () => {
  it('changes only the steps that differ, and writes variables for their values', () => {
    const written = '$ one\nkept [..]\n\n# word\n$ two\nold\n\n-- f --\nx\n';
    const happened = [outcome('kept 12\n'), outcome('new at /tmp/w\n', 'oops\n', 1)];
    expect(rewriteTranscript(written, happened, { WORK: '/tmp/w' })).toBe(
      '$ one\nkept [..]\n\n# word\n$ two\nnew at $WORK\n! oops\n? 1\n\n-- f --\nx\n',
    );
  });

  it('makes a transcript that then holds', () => {
    const happened = [outcome('a\n\nb\n', 'x\n\ny\n', 3), outcome('c\n')];
    const { steps } = parseTranscript(rewriteTranscript(TEXT, happened, {}));
    expect(steps.map((one, n) => compareStep(one, happened[n] ?? outcome('?'), {}))).toEqual([
      undefined,
      undefined,
    ]);
  });
});
