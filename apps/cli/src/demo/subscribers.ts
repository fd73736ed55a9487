// Nobody's: names, numbers and addresses made up for the demo.
import type { IdentifierSource } from '@sekisho/identifier';

export interface DemoPerson {
  readonly ref: string;
  readonly identifiers: readonly IdentifierSource[];
}

const person = (
  ref: string,
  [name, birthDate]: readonly [string, string],
  number: string,
  text: string,
  email?: string,
): DemoPerson => ({
  ref,
  identifiers: [
    { type: 'phone', number },
    { type: 'address', text },
    { type: 'name-birth', name, birthDate },
    ...(email === undefined ? [] : [{ type: 'email', address: email } as const]),
  ],
});

/** Whom one ISP terminates for sending spam. */
export const TERMINATED: readonly DemoPerson[] = [
  person(
    'T-1',
    ['渡邊 一郎', '1980-04-01'],
    '090-5550-0101',
    '東京都千代田区架空町一丁目2番3号',
    'ichiro@mail.example',
  ),
  person(
    'T-2',
    ['鈴木花子', '1975-12-24'],
    '080-5550-0102',
    '大阪府大阪市北区架空通4-5-6',
    'hanako@mail.example',
  ),
  person('T-3', ['高橋次郎', '1991-07-15'], '090-5550-0103', '愛知県名古屋市中区架空3丁目21-8'),
  person('T-4', ['伊藤三郎', '1968-02-29'], '070-5550-0104', '福岡県福岡市博多区架空本町9-9'),
  person('T-5', ['山本四郎', '1999-11-03'], '090-5550-0105', '北海道札幌市中央区架空北5条西6丁目2'),
];

/**
 * Who applies at another ISP. A-4 is T-1 under a lent name, with number and address written differently; A-8 is T-3 under
 * another one. The other eight are other people, one of them with a name of the first list.
 */
export const APPLICANTS: readonly DemoPerson[] = [
  person('A-1', ['小林五郎', '1985-05-05'], '090-5550-0201', '東京都港区架空坂2-3-4'),
  person('A-2', ['加藤六子', '1990-01-20'], '080-5550-0202', '神奈川県横浜市西区架空台1-1-1'),
  person('A-3', ['吉田七海', '1988-08-08'], '090-5550-0203', '京都府京都市左京区架空町10'),
  person('A-4', ['田中太郎', '1983-03-03'], '+81 90 5550 0101', '東京都千代田区架空町１−２−３'),
  person('A-5', ['山田八郎', '1979-09-09'], '090-5550-0205', '兵庫県神戸市中央区架空通7-7'),
  person('A-6', ['鈴木花子', '1982-06-30'], '070-5550-0206', '埼玉県さいたま市大宮区架空町3-2-1'),
  person('A-7', ['佐々木九太', '1995-10-10'], '090-5550-0207', '広島県広島市中区架空町5-5'),
  person('A-8', ['松本十和', '1970-07-07'], '０９０（５５５０）０１０３', '名古屋市中区架空三丁目２１番８号'),
  person('A-9', ['井上十一', '1986-12-12'], '080-5550-0209', '宮城県仙台市青葉区架空町6-7-8'),
  person('A-10', ['木村十二', '1993-02-14'], '090-5550-0210', '千葉県千葉市中央区架空港4-3'),
];
