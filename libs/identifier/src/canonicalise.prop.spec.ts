import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalise, type IdentifierSource } from './index.js';

const OPTIONS = { seed: 1985, numRuns: 400 };
const values = (source: IdentifierSource) => canonicalise(source).map(({ value }) => value);
const KANJI = '〇一二三四五六七八九';
const kanjiNumeral = (value: number): string => {
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  return `${tens > 1 ? KANJI.charAt(tens) : ''}${tens > 0 ? '十' : ''}${ones > 0 || value === 0 ? KANJI.charAt(ones) : ''}`;
};
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

const TOWNS = [
  ['東京都', '千代田区', ['霞が関', '霞ヶ関', '霞ケ関']],
  ['東京都', '千代田区', ['丸の内', '丸ノ内']],
  ['東京都', '港区', ['六本木']],
  ['東京都', '八王子市', ['三崎町']],
  ['三重県', '四日市市', ['諏訪栄町', '大字諏訪栄町']],
  ['神奈川県', '横浜市中区', ['桜木町', '櫻木町']],
] as const;
const house = fc.record({
  town: fc.integer({ min: 0, max: TOWNS.length - 1 }),
  numbers: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 99 }))),
});
type House = typeof house extends fc.Arbitrary<infer T> ? T : never;
const spelling = fc.record({
  withPrefecture: fc.boolean(),
  postalCode: fc.constantFrom('', '〒100-0005 ', '1000005 '),
  variant: fc.nat({ max: 2 }),
  numerals: fc.constantFrom('plain', 'full', 'kanji'),
  form: fc.constantFrom('units', 'mixed', 'hyphens'),
  hyphen: fc.constantFrom('-', '‐', '−', '－', 'ー', '–', 'ｰ'),
  space: fc.constantFrom('', ' ', '　'),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function write({ town, numbers }: House, how: Spelling): string {
  const [prefecture, municipality, spellings] = TOWNS[town] ?? TOWNS[0];
  const [a = '', b = '', c = ''] = numbers.map((value) =>
    how.numerals === 'kanji'
      ? kanjiNumeral(value)
      : how.numerals === 'full'
        ? fullWidth(String(value))
        : String(value),
  );
  const number = {
    units: `${a}丁目${b}番${c}号`,
    mixed: `${a}丁目${b}${how.hyphen}${c}`,
    hyphens: [a, b, c].join(how.hyphen),
  }[how.form];
  const place = spellings[how.variant % spellings.length] ?? '';
  return `${how.postalCode}${how.withPrefecture ? prefecture : ''}${how.space}${municipality}${how.space}${place}${how.space}${number}`;
}

describe('an address', () => {
  it('is the same however it is written', () => {
    fc.assert(
      fc.property(house, spelling, spelling, (where, one, other) => {
        const first = values({ type: 'address', text: write(where, one) });
        expect(values({ type: 'address', text: write(where, other) })).toEqual(first);
      }),
      OPTIONS,
    );
  });

  it('differs from every other house, and is itself in canonical form', () => {
    fc.assert(
      fc.property(house, house, spelling, (one, other, how) => {
        const [first = ''] = values({ type: 'address', text: write(one, how) });
        const [second] = values({ type: 'address', text: write(other, how) });
        const place = ({ town, numbers }: House) => JSON.stringify([TOWNS[town]?.[2][0], numbers]);
        expect(first === second).toBe(place(one) === place(other));
        expect(values({ type: 'address', text: first.slice('JP:'.length) })).toEqual([first]);
      }),
      OPTIONS,
    );
  });

  it('keeps its house when rooms are added, and rooms differ', () => {
    fc.assert(
      fc.property(
        house,
        spelling,
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 999 }),
        (where, how, a, b) => {
          const text = write(where, how);
          const [plain] = values({ type: 'address', text });
          const [first, roomA] = values({ type: 'address', text: `${text} さくら荘${String(a)}号室` });
          const [, roomB] = values({ type: 'address', text: `${text}　サクラ莊 ${fullWidth(String(b))}` });
          expect(first).toBe(plain);
          expect(roomA === roomB).toBe(a === b);
        },
      ),
      OPTIONS,
    );
  });
});

const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
const isoOf = (date: Date) => date.toISOString().slice(0, 10);

describe('a name with birth date', () => {
  it('is the same with other kanji, kana, spaces and forms of date', () => {
    const names = fc.constantFrom(
      ['渡辺', '渡邊', '渡邉'],
      ['斎藤', '斉藤', '齋藤', '齊藤'],
      ['高崎', '髙崎', '高﨑', '髙﨑'],
      ['ワタナベ', 'わたなべ', 'ﾜﾀﾅﾍﾞ'],
      ['ショウコ', 'しょうこ', 'シヨウコ', 'ｼｮｳｺ'],
    );
    fc.assert(
      fc.property(
        names,
        day,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', ' ', '　', '・'),
        (spellings, born, i, j, gap) => {
          const [year, month, date] = [born.getUTCFullYear(), born.getUTCMonth() + 1, born.getUTCDate()].map(
            String,
          );
          const forms = [
            isoOf(born),
            `${year}年${month}月${date}日`,
            `${year}/${month}/${date}`,
            fullWidth(isoOf(born)),
          ];
          const one = values({ type: 'name-birth', name: `${spellings[0]}太郎`, birthDate: isoOf(born) });
          const name = `${spellings[i % spellings.length]}${gap}太郎`;
          expect(values({ type: 'name-birth', name, birthDate: forms[j % forms.length] ?? '' })).toEqual(one);
        },
      ),
      OPTIONS,
    );
  });

  it('differs for another birth date, and is itself in canonical form', () => {
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [one = ''] = values({ type: 'name-birth', name: '渡邊太郎', birthDate: isoOf(a) });
        const [other] = values({ type: 'name-birth', name: '渡辺 太郎', birthDate: isoOf(b) });
        expect(one === other).toBe(isoOf(a) === isoOf(b));
        const [name = '', birthDate = ''] = one.split('/');
        expect(values({ type: 'name-birth', name, birthDate })).toEqual([one]);
      }),
      OPTIONS,
    );
  });
});

describe('a telephone number and an e-mail address', () => {
  it('differ when they are others, and are themselves in canonical form', () => {
    const mobile = fc.integer({ min: 10_000_000, max: 99_999_999 }).map((rest) => `090${String(rest)}`);
    fc.assert(
      fc.property(mobile, mobile, (a, b) => {
        const [one = ''] = values({ type: 'phone', number: fullWidth(a) });
        const spaced = `${b.slice(0, 3)}-${b.slice(3, 7)}-${b.slice(7)}`;
        expect(one === values({ type: 'phone', number: spaced })[0]).toBe(a === b);
        expect(values({ type: 'phone', number: one, country: 'US' })).toEqual([one]);
      }),
      OPTIONS,
    );
    const mail = fc.emailAddress();
    fc.assert(
      fc.property(mail, (address) => {
        const plain = address.toLowerCase();
        const [one = ''] = values({ type: 'email', address: address.toUpperCase() });
        expect(one).toBe(plain);
        expect(values({ type: 'email', address: one })).toEqual([one]);
      }),
      OPTIONS,
    );
  });
});

describe('any text', () => {
  it('is either refused with a typed error or gives a value', { timeout: 60_000 }, () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, (noise) => {
        const sources: IdentifierSource[] = [
          { type: 'phone', number: noise },
          { type: 'address', text: noise },
          { type: 'address', text: noise, country: 'US' },
          { type: 'name-birth', name: noise, birthDate: noise },
          { type: 'payer', payer: { kind: 'iban', number: noise } },
          { type: 'email', address: noise },
        ];
        for (const source of sources) {
          try {
            expect(values(source)[0]).not.toBe('');
          } catch (error) {
            expect(error).toMatchObject({ name: 'IdentifierInvalid' });
          }
        }
      }),
      OPTIONS,
    );
  });
});
