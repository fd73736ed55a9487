/** `value` of `full` as a bar of `width` characters; anything above zero shows at least one. */
export function formatBar(value: number, full: number, width: number): string {
  const share = full > 0 ? Math.min(1, Math.max(0, value / full)) : 0;
  const filled = share > 0 ? Math.max(1, Math.round(share * width)) : 0;
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
