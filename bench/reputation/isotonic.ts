/** The rising step function nearest to what came true (pool adjacent violators; Ayer et al. 1955). */
export function fitIsotonic(scores: Float64Array, hits: Uint8Array): (score: number) => number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const blocks: { top: number; hits: number; size: number }[] = [];
  for (const i of order) {
    const top = scores[i] ?? 0;
    const last = blocks.at(-1);
    if (last?.top === top) {
      last.hits += hits[i] ?? 0;
      last.size++;
    } else blocks.push({ top, hits: hits[i] ?? 0, size: 1 });
  }
  const pooled: typeof blocks = [];
  for (const block of blocks) {
    let next = block;
    for (
      let last = pooled.at(-1);
      last && last.hits * next.size >= next.hits * last.size;
      last = pooled.at(-1)
    ) {
      pooled.pop();
      next = { top: next.top, hits: last.hits + next.hits, size: last.size + next.size };
    }
    pooled.push(next);
  }
  return (score) => {
    let [low, high] = [0, pooled.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pooled[middle]?.top ?? 0) >= score) high = middle;
      else low = middle + 1;
    }
    const block = pooled[low];
    return block ? block.hits / block.size : 0;
  };
}
