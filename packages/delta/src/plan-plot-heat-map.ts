import { PLOT_WIDTH, type PlotPart, type PlottedPlan, type PlottedTensor } from './plotted-plan.js';
import { element, escapeXml, label, shortName, showBytes, showShare } from './svg-markup.js';

const CELL = 15;
const BOX = 13;
const TOP = 64;
const LABEL_WIDTH = 200;
const COLUMNS = Math.floor((PLOT_WIDTH - 48 - LABEL_WIDTH) / CELL);
const MOST_GROUPS = 128;
/** So many, with names of so many characters that are all escaped, stay below 1 MiB. */
const MOST_CELLS = 2_200;
const NAME_CHARACTERS = 40;
const NO_LAYER = 'outside of layers';

/** Shares up to `most` have a color; light to dark, told apart by any kind of color vision. */
const STEPS: readonly { readonly most: number; readonly color: string; readonly says: string }[] = [
  { most: 0, color: '#f1f5f9', says: 'none' },
  { most: 0.01, color: '#dcefc4', says: 'to 1 %' },
  { most: 0.05, color: '#a5dab0', says: 'to 5 %' },
  { most: 0.2, color: '#58bdbb', says: 'to 20 %' },
  { most: 0.5, color: '#2e8fbc', says: 'to 50 %' },
  { most: 0.9, color: '#2558a3', says: 'to 90 %' },
  { most: 1, color: '#14245c', says: 'to 100 %' },
];

interface Group {
  readonly name: string;
  readonly tensors: PlottedTensor[];
}

/** A row for each layer, a cell for each tensor of it; the color says what share of its values changes. */
export function heatMap(plan: PlottedPlan): PlotPart {
  const tensors = plan.files.flatMap((file) => file.tensors);
  const groups = merged(groupsOf(tensors));
  const perCell = Math.max(1, Math.ceil(tensors.length / (MOST_CELLS - groups.length)));
  const rows: string[] = [];
  let y = TOP;
  for (const group of groups) {
    const cells = cellsOf(group.tensors, perCell);
    rows.push(label(shortName(group.name, 30), LABEL_WIDTH - 10, y + 10, { 'text-anchor': 'end' }));
    rows.push(...cells.map((cell, index) => drawCell(cell, index, y)));
    y += Math.ceil(cells.length / COLUMNS) * CELL;
  }
  if (tensors.length === 0) rows.push(label('no tensors', 0, y + 10, { class: 'm' }));
  const heading = label(`How much of each tensor changes${note(perCell)}`, 0, 14, { class: 's' });
  return { height: Math.max(y, TOP + CELL), markup: [heading, legend(), ...rows].join('\n') };
}

function note(perCell: number): string {
  return perCell === 1 ? '' : ` (a cell stands for up to ${perCell} tensors)`;
}

/** Rows follow the number of their layer; tensors outside of layers come first. */
function groupsOf(tensors: readonly PlottedTensor[]): Group[] {
  const groups = new Map<string, Group>();
  for (const tensor of tensors) {
    const name = layerOf(tensor.name);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { name, tensors: [tensor] });
    else group.tensors.push(tensor);
  }
  return [...groups.values()].sort((a, b) => compareLayers(a.name, b.name));
}

/** The part of a name up to its first number, such as `model.layers.12`. */
function layerOf(name: string): string {
  const match = /[./]([0-9]{1,9})[./]/.exec(`.${name.slice(0, 256)}`);
  return match === null ? NO_LAYER : name.slice(0, match.index + match[1]!.length);
}

function compareLayers(a: string, b: string): number {
  if (a === NO_LAYER || b === NO_LAYER) return Number(b === NO_LAYER) - Number(a === NO_LAYER);
  const [aStem, aNumber] = splitLayer(a);
  const [bStem, bNumber] = splitLayer(b);
  if (aStem !== bStem) return aStem < bStem ? -1 : 1;
  return aNumber - bNumber;
}

function splitLayer(name: string): readonly [stem: string, number: number] {
  const digits = /[0-9]+$/.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - digits.length), Number(digits)];
}

/** Neighboring layers share a row where there are too many of them. */
function merged(groups: readonly Group[]): Group[] {
  const size = Math.ceil(groups.length / MOST_GROUPS);
  if (size <= 1) return [...groups];
  const outside = groups.filter(({ name }) => name === NO_LAYER);
  const layers = groups.slice(outside.length);
  const rows = Array.from({ length: Math.ceil(layers.length / size) }, (_, row) =>
    layers.slice(row * size, (row + 1) * size),
  );
  return [...outside, ...rows.map((row) => ({ name: rangeOf(row), tensors: row.flatMap(({ tensors }) => tensors) }))];
}

function rangeOf(layers: readonly Group[]): string {
  const [first, last] = [layers[0]!.name, layers.at(-1)!.name];
  if (layers.length === 1) return first;
  const [stem, number] = splitLayer(last);
  const isOneStem = splitLayer(first)[0] === stem;
  return `${shortName(first, isOneStem ? 20 : 13)} to ${isOneStem ? number : shortName(last, 12)}`;
}

function cellsOf(tensors: readonly PlottedTensor[], perCell: number): (readonly PlottedTensor[])[] {
  return Array.from({ length: Math.ceil(tensors.length / perCell) }, (_, index) =>
    tensors.slice(index * perCell, (index + 1) * perCell),
  );
}

function drawCell(tensors: readonly PlottedTensor[], index: number, top: number): string {
  const x = LABEL_WIDTH + (index % COLUMNS) * CELL;
  const y = top + Math.floor(index / COLUMNS) * CELL;
  const share = changedShare(tensors);
  const { color } = STEPS.find(({ most }) => share <= most) ?? STEPS.at(-1)!;
  const title = element('title', {}, escapeXml(cellTitle(tensors, share)));
  return element('rect', { x, y, width: BOX, height: BOX, fill: color, stroke: '#cbd5e1' }, title);
}

function cellTitle(tensors: readonly PlottedTensor[], share: number): string {
  const [first, ...others] = tensors as readonly [PlottedTensor, ...PlottedTensor[]];
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const more = others.length === 0 ? shortName(first.op, 12) : `and ${others.length} more`;
  return `${shortName(first.name, NAME_CHARACTERS)} ${more}: ${showShare(share)} of values change, ${showBytes(bytes)}`;
}

/** By size: a changed norm does not stand for an embedding. */
function changedShare(tensors: readonly PlottedTensor[]): number {
  const size = tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const changed = tensors.reduce((sum, { sizeBytes, changed }) => sum + sizeBytes * bounded(changed), 0);
  return size === 0 ? 0 : Math.min(1, changed / size);
}

function bounded(share: number): number {
  return share > 0 ? Math.min(share, 1) : 0;
}

function legend(): string {
  const width = 96;
  const title = label('share of values that change:', 0, 40, { class: 'm' });
  const steps = STEPS.map(({ color, says }, index) => {
    const x = LABEL_WIDTH + index * width;
    const box = element('rect', { x, y: 30, width: BOX, height: BOX, fill: color, stroke: '#cbd5e1' });
    return box + label(says, x + BOX + 6, 40, { class: 'm' });
  });
  return [title, ...steps].join('');
}
