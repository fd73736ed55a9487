// uPlot: 22 kB compressed, draws on a canvas and so needs no inline style that the policy refuses. A canvas says nothing to a
// screen reader: whoever draws one shows the same figures in a table.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** How an axis looks in the theme that is in force. */
export function axisIn(style: CSSStyleDeclaration): uPlot.Axis {
  return {
    stroke: style.getPropertyValue('--ink-muted'),
    grid: { stroke: style.getPropertyValue('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
}

/** Draws into an element, as wide as that is. @returns takes it away again */
export function drawPlot(
  element: HTMLElement,
  { height, ...options }: Omit<uPlot.Options, 'width'>,
  data: uPlot.AlignedData,
): () => void {
  const chart = new uPlot({ width: element.clientWidth, height, ...options }, data, element);
  const observer = new ResizeObserver(() => {
    chart.setSize({ width: element.clientWidth, height });
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    chart.destroy();
  };
}
