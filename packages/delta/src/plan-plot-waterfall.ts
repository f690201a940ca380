import { PLOT_WIDTH, type PlotPart, type PlottedPlan } from './plotted-plan.js';
import { element, escapeXml, label, shortName, showBytes } from './svg-markup.js';

const MOST_ROWS = 20;
const ROW = 20;
const BAR = 13;
const TOP = 58;
const LABEL_WIDTH = 300;
const VALUE_WIDTH = 120;
const WIDTH = PLOT_WIDTH - 48;
const SCALE_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const NAME_CHARACTERS = 44;
const COLORS = {
  part: '#2f6fb0',
  rest: '#8a94a3',
  total: '#334155',
  over: '#b3261e',
  grid: '#e2e8f0',
  budget: '#b3261e',
};

/** One thing that bytes of the package go to. */
interface Share {
  readonly name: string;
  readonly note: string;
  readonly bytes: number;
}

interface Bar extends Share {
  readonly from: number;
  readonly color: string;
}

/** The largest parts of the package in falling order, each beginning where the one above ends; then the rest, and the total. */
export function waterfall(plan: PlottedPlan): PlotPart {
  const bars = barsOf(plan);
  const height = TOP + bars.length * ROW + 8;
  const end = Math.max(plan.totalBytes, plan.budgetBytes ?? 0, 1) * 1.04;
  const x = (bytes: number) => LABEL_WIDTH + (bytes / end) * SCALE_WIDTH;
  const markup = [
    label('Where the bytes of the package go', 0, 14, { class: 's' }),
    ...grid(end, x, height),
    ...bars.map((bar, index) => drawBar(bar, TOP + index * ROW, x)),
    ...budgetLine(plan, x, height),
  ];
  return { height, markup: markup.join('\n') };
}

function barsOf(plan: PlottedPlan): Bar[] {
  const shares = sharesOf(plan);
  const largest = shares.slice(0, MOST_ROWS);
  const rest = shares.slice(MOST_ROWS);
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  if (rest.length > 0) largest.push({ name: `${rest.length} smaller parts`, note: '', bytes: restBytes });
  let from = 0;
  const bars = largest.map((share, index): Bar => {
    const bar = { ...share, from, color: index < MOST_ROWS ? COLORS.part : COLORS.rest };
    from += share.bytes;
    return bar;
  });
  const isOver = plan.budgetBytes !== null && !plan.fits;
  const color = isOver ? COLORS.over : COLORS.total;
  return [...bars, { name: 'Total', note: '', bytes: plan.totalBytes, from: 0, color }];
}

/** Tensors, what files have beside them, and what the package has beside files; in falling order, else as they come. */
function sharesOf({ files, totalBytes }: PlottedPlan): Share[] {
  const shares = files.flatMap(({ path, bytes, tensors }): Share[] => {
    const beside = bytes - tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
    const name = tensors.length === 0 ? path : `${path}, beside its tensors`;
    return [...tensors.map(({ name, op, bytes }) => ({ name, note: op, bytes })), { name, note: '', bytes: beside }];
  });
  const inFiles = files.reduce((sum, { bytes }) => sum + bytes, 0);
  shares.push({ name: 'table of the package', note: '', bytes: totalBytes - inFiles });
  return shares.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

function drawBar({ name, note, bytes, from, color }: Bar, y: number, x: (bytes: number) => number): string {
  const [left, right] = [x(from), x(from + bytes)];
  const shown = shortName(name, NAME_CHARACTERS);
  const title = element('title', {}, escapeXml(`${shortName(name, 200)}: ${bytes} bytes ${note}`.trimEnd()));
  return [
    label(shown, LABEL_WIDTH - 10, y + 10, { 'text-anchor': 'end' }),
    element('rect', { x: left, y, width: Math.max(right - left, 1), height: BAR, fill: color }, title),
    label(`${showBytes(bytes)} ${shortName(note, 10)}`.trimEnd(), Math.max(right, left + 1) + 6, y + 10, {
      class: 'm',
    }),
  ].join('');
}

/** Lines at round numbers of bytes: 1, 2 or 5 times a power of ten, four to ten of them. */
function grid(end: number, x: (bytes: number) => number, height: number): string[] {
  let step = 1;
  for (let index = 0; end / step > 8; index += 1) step *= index % 3 === 1 ? 2.5 : 2;
  const lines: string[] = [];
  for (let bytes = 0; bytes <= end; bytes += step) {
    const at = { x1: x(bytes), x2: x(bytes), y1: TOP - 8, y2: height - 4, stroke: COLORS.grid };
    lines.push(
      element('line', at),
      label(showBytes(bytes).replace(/\.0+(?= )/, ''), x(bytes), TOP - 13, { class: 'm', 'text-anchor': 'middle' }),
    );
  }
  return lines;
}

function budgetLine({ budgetBytes }: PlottedPlan, x: (bytes: number) => number, height: number): string[] {
  if (budgetBytes === null) return [];
  const at = x(budgetBytes);
  const line = { x1: at, x2: at, y1: TOP - 28, y2: height - 2, stroke: COLORS.budget, 'stroke-width': 1.5 };
  const anchor = at > WIDTH / 2 ? 'end' : 'start';
  return [
    element('line', { ...line, 'stroke-dasharray': '5 3' }),
    label(`budget ${showBytes(budgetBytes)}`, at + (anchor === 'end' ? -5 : 5), TOP - 28 + 2, {
      class: 'bad',
      'text-anchor': anchor,
    }),
  ];
}
