import { describe, expect, it } from 'vitest';
import { plotPlan } from './plan-plot.js';
import type { PlottedPlan, PlottedTensor } from './plotted-plan.js';

const tensor = (name: string, bytes = 100, changed = 0.5): PlottedTensor => ({
  name,
  op: 'T16',
  bytes,
  sizeBytes: 1000,
  changed,
});
const planOf = (tensors: readonly PlottedTensor[], change: Partial<PlottedPlan> = {}): PlottedPlan => {
  const bytes = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    base: 'acme/llm@1.0.0',
    target: 'acme/llm@1.1.0',
    totalBytes: bytes + 64,
    budgetBytes: 1_000_000,
    fits: true,
    files: [{ path: 'model.safetensors', bytes, tensors }],
    ...change,
  };
};
const layers = (count: number, name = (layer: number) => `model.layers.${layer}.w`) =>
  Array.from({ length: count }, (_, layer) => tensor(name(layer), layer + 1, (layer % 100) / 99));

/** Bars and cells, each with what it says. */
function boxes(svg: string): { readonly attributes: string; readonly title: string }[] {
  return [...svg.matchAll(/<rect([^>]*)><title>([^<]*)<\/title><\/rect>/g)].map(([, attributes, title]) => ({
    attributes: attributes!,
    title: title!,
  }));
}

const number = (attributes: string, name: string) => Number(new RegExp(` ${name}="([^"]*)"`).exec(attributes)![1]);

/** @throws RangeError where elements do not close in order */
function requireWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, end, name, attributes, empty] of svg.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z0-9-]+="[^"<&]*")*)(\/?)>/g)) {
    if (end === '/' && open.pop() !== name) throw new RangeError(`${name} does not close what is open`);
    if (end === '' && empty === '') open.push(name!);
    expect(attributes).not.toContain('NaN');
  }
  expect(open).toEqual([]);
  const between = svg.replace(/<\/?[a-z]+(?: [a-zA-Z0-9-]+="[^"<&]*")*\/?>/g, '');
  expect(/[<>]|&(?!amp;|lt;|gt;)|[^\P{C}\n]/u.exec(between)?.[0]).toBeUndefined();
}

describe('any plan is a picture', () => {
  it.each([
    ['no files', planOf([], { files: [] })],
    ['no tensors', planOf([])],
    ['one tensor', planOf([tensor('w')])],
    ['no bytes at all', planOf([], { totalBytes: 0, budgetBytes: 0 })],
    ['no budget, no base', planOf([tensor('w')], { budgetBytes: null, base: null })],
    ['over the budget', planOf(layers(30), { budgetBytes: 100, fits: false })],
    [
      'numbers that are none',
      planOf([
        { ...tensor('w'), changed: Number.NaN },
        { ...tensor('v'), changed: 7 },
      ]),
    ],
    [
      'names that are markup',
      planOf([tensor('</title><script>alert("1")</script>&amp;\u0000\u202e\ud800')], { target: '<b>&"' }),
    ],
    ['terabytes', planOf([tensor('w', 5e12)], { budgetBytes: 2e12, fits: false })],
  ])('%s', (_, plan) => requireWellFormed(plotPlan(plan)));

  it.each([
    ['with one layer each', layers(10_000)],
    ['in no layer', layers(10_000, (layer) => `w${layer}`)],
    ['with names that are all escaped', layers(10_000, (layer) => `${'&'.repeat(30)}${layer}${'&'.repeat(4000)}`)],
    ['with layers of all kinds', layers(10_000, (layer) => `${'&'.repeat(layer % 61)}.${layer}.${'&'.repeat(4000)}`)],
  ])('of at most 1 MiB for 10,000 tensors %s', (_, tensors) => {
    const svg = plotPlan(planOf(tensors));
    requireWellFormed(svg);
    expect(Buffer.byteLength(svg)).toBeLessThanOrEqual(2 ** 20);
    expect(number(svg, 'height')).toBeLessThan(4000);
  });

  it('that anybody can be told', () => {
    const svg = plotPlan(planOf(layers(3)));
    expect(svg).toContain('role="img" aria-labelledby="plan-title plan-description"');
    expect(svg).toContain('<title id="plan-title">acme/llm@1.0.0 to acme/llm@1.1.0</title>');
    expect(svg).toMatch(/<desc id="plan-description">70 B [^<]*within[^<]*Files: 1. Tensors: 3, of which 2 change/);
  });

  it('without anything from outside', () => {
    expect(plotPlan(planOf(layers(3))).replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|href|url\(|<script/,
    );
  });

  it('the same for the same plan', () => {
    expect(plotPlan(planOf(layers(100)))).toBe(plotPlan(planOf(layers(100))));
  });
});

describe('the waterfall', () => {
  const bars = (plan: PlottedPlan) => boxes(plotPlan(plan)).filter(({ attributes }) => !attributes.includes('stroke'));

  it('falls from the largest, each bar where the one above ends, to the total', () => {
    const found = bars(
      planOf([tensor('small', 10), tensor('large', 300), tensor('middle', 100)], { budgetBytes: null }),
    );
    expect(found.map(({ title }) => title)).toEqual([
      'large: 300 bytes T16',
      'middle: 100 bytes T16',
      'table of the package: 64 bytes',
      'small: 10 bytes T16',
      'Total: 474 bytes',
    ]);
    const ends = found.map(({ attributes }) => number(attributes, 'x') + number(attributes, 'width'));
    found
      .slice(1, -1)
      .forEach(({ attributes }, index) => void expect(number(attributes, 'x')).toBeCloseTo(ends[index]!, 1));
    expect(number(found.at(-1)!.attributes, 'x')).toBe(number(found[0]!.attributes, 'x'));
  });

  it('sums the rest, and loses no byte', () => {
    const found = bars(planOf(layers(1000)));
    expect(found).toHaveLength(22);
    const bytes = found.map(({ title }) => Number(/: ([0-9]+) bytes/.exec(title)![1]));
    expect(bytes.slice(0, -1).reduce((sum, each) => sum + each, 0)).toBe(bytes.at(-1));
  });

  it('tells what a file has beside its tensors', () => {
    const files = [
      { path: 'config.json', bytes: 40, tensors: [] },
      { path: 'model.onnx', bytes: 150, tensors: [tensor('w', 100)] },
    ];
    const found = bars(planOf([], { files, totalBytes: 190 }));
    expect(found.map(({ title }) => title)).toEqual([
      'w: 100 bytes T16',
      'model.onnx, beside its tensors: 50 bytes',
      'config.json: 40 bytes',
      'Total: 190 bytes',
    ]);
  });

  it('has a line for the budget, where there is one', () => {
    expect(plotPlan(planOf(layers(3), { budgetBytes: 21_000_000 }))).toContain('>budget 21.0 MB</text>');
    expect(plotPlan(planOf(layers(3), { budgetBytes: null }))).not.toContain('>budget');
    const over = plotPlan(planOf([tensor('w', 1000)], { budgetBytes: 1000, fits: false }));
    expect(over).toContain('over the budget of 1.00 kB by 64 B');
  });
});

describe('the map', () => {
  const cells = (tensors: readonly PlottedTensor[]) =>
    boxes(plotPlan(planOf(tensors))).filter(({ attributes }) => attributes.includes('stroke'));

  it('has a row for each layer, in the order of their numbers', () => {
    const names = ['model.layers.10.q', 'model.layers.2.q', 'model.layers.2.k', 'lm_head', 'model.layers.10.k'];
    const found = cells(names.map((name) => tensor(name)));
    expect(found.map(({ title }) => title.split(' ')[0])).toEqual([
      'lm_head',
      'model.layers.2.q',
      'model.layers.2.k',
      'model.layers.10.q',
      'model.layers.10.k',
    ]);
    expect(new Set(found.map(({ attributes }) => number(attributes, 'y'))).size).toBe(3);
  });

  it('colors by the share of values that change', () => {
    const shares = [0, 0.001, 0.03, 0.1, 0.4, 0.8, 1];
    const found = cells(shares.map((share) => tensor(`w${share}`, 1, share)));
    expect(new Set(found.map(({ attributes }) => /fill="([^"]*)"/.exec(attributes)![1])).size).toBe(shares.length);
    expect(found[0]!.title).toContain('0 % of values change');
    expect(cells([tensor('w', 1, 0.0001)])[0]!.title).toContain('less than 0.1 %');
    expect(cells([tensor('w', 1, 0.9999)])[0]!.title).toContain('more than 99.9 %');
  });

  it('shows every tensor, or says how many stand together', () => {
    expect(cells(layers(2000))).toHaveLength(2000);
    const svg = plotPlan(planOf(layers(10_000, (layer) => `w${layer}`)));
    expect(svg).toContain('(a cell stands for up to 5 tensors)');
    expect(boxes(svg).filter(({ title }) => title.includes('and 4 more'))).toHaveLength(2000);
  });
});
