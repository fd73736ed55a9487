import type { EN_CALIBRATION } from './en-calibration.ts';

export const JA_CALIBRATION: Readonly<Record<keyof typeof EN_CALIBRATION, string>> = {
  'calibration.byRule': '規則による信頼度',
  'calibration.checked': '確認済み件数',
  'calibration.confirmed': '裏付けあり',
  'calibration.hint':
    '{days} 日間の新規の通報を、それぞれ 1 日後に確認したものです。「裏付けあり」は、24 時間以内に他の会員が同じ対象を通報した、所有者が原因を発見または対処した、または審査で認められた場合です。「否定」は審査で退けられた場合です。「不明」は反応がなかっただけで、通報の誤りを意味しません。裏付けた事業者が公表できる数に満たない場合、割合は表示されません。',
  'calibration.interval': '95 % 区間',
  'calibration.lead': '自社とハブ運営者だけが閲覧できます。',
  'calibration.leadOf': '当該会員とハブ運営者だけが閲覧できます。',
  'calibration.newUntil': '新規会員期間（自社の通報だけでは掲載されません）の終了',
  'calibration.none': '確認済みの通報はまだありません。通報の 1 日後に確認されます。',
  'calibration.of': '{member} の通報の精度',
  'calibration.reason': '運営者が設定した理由',
  'calibration.refuted': '否定',
  'calibration.repeats': '他の会員の通報を繰り返した割合（その会員と合わせて 1 社と数えます）',
  'calibration.reported': '通報',
  'calibration.rest': 'その他',
  'calibration.right': '通報が正しいとされた異議申立て',
  'calibration.rule':
    '規則による信頼度: 0.8 × max(½, (20 + 正) ⁄ (20 + 正 + 誤))。過去 1 年間に決定された異議申立てによります。決定に異議がある場合は、ワーキンググループに申し出てください。',
  'calibration.share': '裏付けの割合',
  'calibration.title': '自社の通報の精度',
  'calibration.tooFew': '少数',
  'calibration.trust': '現在の信頼度',
  'calibration.unknown': '不明',
  'calibration.wrong': '通報が誤りとされた異議申立て',
};
