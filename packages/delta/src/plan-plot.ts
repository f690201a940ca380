import { heatMap } from './plan-plot-heat-map.js';
import { waterfall } from './plan-plot-waterfall.js';
import { PLOT_WIDTH, type PlottedPlan } from './plotted-plan.js';
import { element, escapeXml, label, showBytes, shortName } from './svg-markup.js';

const MARGIN = 24;
const HEADER = 76;
const GAP = 28;
const STYLE =
  'text{font:12px system-ui,"Segoe UI","Noto Sans",Arial,sans-serif;fill:#1f2937}' +
  '.h{font-size:18px;font-weight:600}.s{font-size:14px;font-weight:600}.m{fill:#4b5563}.bad{fill:#b3261e;font-weight:600}';

/**
 * A picture of a plan: which tensors its bytes go to, against the budget, and how much of each tensor changes. One SVG
 * without scripts, fonts or links, of at most 1 MiB; the same plan gives the same text.
 */
export function plotPlan(plan: PlottedPlan): string {
  const parts = [waterfall(plan), heatMap(plan)];
  let top = HEADER;
  const placed = parts.map(({ height, markup }) => {
    const group = element('g', { transform: `translate(${MARGIN} ${top})` }, markup);
    top += height + GAP;
    return group;
  });
  const size = { width: PLOT_WIDTH, height: top, viewBox: `0 0 ${PLOT_WIDTH} ${top}` };
  const access = { role: 'img', 'aria-labelledby': 'plan-title plan-description', lang: 'en' };
  const content = [
    element('title', { id: 'plan-title' }, escapeXml(headline(plan))),
    element('desc', { id: 'plan-description' }, escapeXml(describe(plan))),
    element('style', {}, STYLE),
    element('rect', { width: PLOT_WIDTH, height: top, fill: '#ffffff' }),
    label(headline(plan), MARGIN, 34, { class: 'h' }),
    label(verdict(plan), MARGIN, 58, { class: isOver(plan) ? 'bad' : 'm' }),
    ...placed,
  ];
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, ...access }, content.join('\n'))}\n`;
}

function headline({ base, target }: PlottedPlan): string {
  return base === null
    ? `Full package of ${shortName(target, 80)}`
    : `${shortName(base, 40)} to ${shortName(target, 40)}`;
}

function verdict({ totalBytes, budgetBytes, fits }: PlottedPlan): string {
  const total = `${showBytes(totalBytes)} (${totalBytes} bytes)`;
  if (budgetBytes === null) return `${total}, no budget given`;
  const budget = `the budget of ${showBytes(budgetBytes)}`;
  return fits ? `${total}, within ${budget}` : `${total}, over ${budget} by ${showBytes(totalBytes - budgetBytes)}`;
}

function describe(plan: PlottedPlan): string {
  const tensors = plan.files.reduce((sum, file) => sum + file.tensors.length, 0);
  const changed = plan.files.reduce((sum, file) => sum + file.tensors.filter((tensor) => tensor.changed > 0).length, 0);
  return (
    `${verdict(plan)}. Files: ${plan.files.length}. Tensors: ${tensors}, of which ${changed} change. ` +
    'First a waterfall of the bytes of the package by tensor, then a map of the share of values that change in each tensor.'
  );
}

function isOver({ budgetBytes, fits }: PlottedPlan): boolean {
  return budgetBytes !== null && !fits;
}
