import { categoryName, decodeReturnCode, type ReturnCode } from './return-code.js';

/** What return codes say, as a TXT record begins: `zombie, score 91`. */
export function summaryOfCodes(codes: readonly ReturnCode[]): string {
  const parts: string[] = [];
  let score = 0;
  let confidence: number | undefined;
  for (const code of codes) {
    const decoded = decodeReturnCode(code);
    if (decoded.kind === 'error') continue;
    score = Math.max(score, decoded.score);
    if (decoded.kind === 'score') ({ confidence } = decoded);
    else if (!parts.includes(categoryName(decoded.category))) parts.push(categoryName(decoded.category));
  }
  parts.push(`score ${score}`);
  if (confidence !== undefined) parts.push(`confidence ${confidence}`);
  return parts.join(', ');
}
