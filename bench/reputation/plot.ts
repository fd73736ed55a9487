/** Points of foretold against come true, one line a window, as SVG. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly foretold: number; readonly came: number; readonly subjects: number }[];
}

const COLOURS = ['#1b6ca8', '#c0504d', '#4f8f3a', '#7b5ea7', '#b8860b'];
const SIZE = 440;
const LEFT = 60;
/** From 1 in 10,000 to 1: most subjects are never reported again, so the axes are logarithmic. */
const place = (p: number) => (SIZE * (4 + Math.log10(Math.max(1e-4, Math.min(1, p))))) / 4;

export function calibrationPlot(curves: readonly Curve[]): string {
  const ticks = [1e-4, 1e-3, 1e-2, 1e-1, 1];
  const lines = curves.map(({ points }, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? '#000';
    const at = points.map((p) =>
      [LEFT + place(p.foretold), 20 + SIZE - place(p.came)].map((x) => x.toFixed(1)),
    );
    const dots = at
      .map(([x = '', y = '']) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`)
      .join('');
    return `<polyline fill="none" stroke="${colour}" points="${at.map((xy) => xy.join(',')).join(' ')}"/>${dots}`;
  });
  const legend = curves.map(
    ({ name }, i) =>
      `<text x="${String(LEFT + 10)}" y="${String(40 + 18 * i)}" fill="${COLOURS[i % COLOURS.length] ?? '#000'}">${name}</text>`,
  );
  const axes = ticks.flatMap((tick) => {
    const [x, y] = [LEFT + place(tick), 20 + SIZE - place(tick)].map((v) => v.toFixed(1));
    return [
      `<text x="${x ?? ''}" y="${String(SIZE + 38)}" text-anchor="middle">${String(tick)}</text>`,
      `<text x="${String(LEFT - 6)}" y="${y ?? ''}" text-anchor="end">${String(tick)}</text>`,
    ];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 520" font-family="sans-serif" font-size="12">`,
    `<rect width="540" height="520" fill="#fff"/>`,
    `<rect x="${String(LEFT)}" y="20" width="${String(SIZE)}" height="${String(SIZE)}" fill="none" stroke="#999"/>`,
    `<line x1="${String(LEFT)}" y1="${String(20 + SIZE)}" x2="${String(LEFT + SIZE)}" y2="20" stroke="#bbb" stroke-dasharray="4"/>`,
    ...axes,
    ...lines,
    ...legend,
    `<text x="${String(LEFT + SIZE / 2)}" y="${String(SIZE + 60)}" text-anchor="middle">foretold probability of a new report</text>`,
    `<text transform="translate(14 ${String(20 + SIZE / 2)}) rotate(-90)" text-anchor="middle">share that came</text>`,
    `</svg>`,
  ].join('\n')}\n`;
}
