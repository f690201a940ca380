// Writes packages/core/src/unicode-15.ts from the Unicode 15.0 data that npm's @unicode/unicode-15.0.0 holds.
// Node's own tables grow with each release; which paths are allowed must not.
import { writeFileSync } from 'node:fs';

const forbidden = [
  'Control',
  'Format',
  'Line_Separator',
  'Paragraph_Separator',
  'Private_Use',
  'Unassigned',
  'Surrogate',
];
const isForbidden = new Uint8Array(0x110000);
for (const category of forbidden) {
  const { default: points } = await import(`@unicode/unicode-15.0.0/General_Category/${category}/code-points.mjs`);
  for (const point of points) isForbidden[point] = 1;
}

const borders = [];
for (let point = 0; point < isForbidden.length; point += 1) {
  if (isForbidden[point] !== (point === 0 ? 0 : isForbidden[point - 1])) borders.push(point);
}
const steps = borders.map((border, index) => (border - (borders[index - 1] ?? 0)).toString(36));
const lines = steps
  .join(' ')
  .match(/.{1,110}(?: |$)/g)
  .map((line) => `  '${line}'`);

writeFileSync(
  new URL('../../packages/core/src/unicode-15.ts', import.meta.url),
  `// Written by scripts/gen/unicode-15.mjs; do not edit.

/**
 * Where Unicode 15.0 changes between code points that a path may hold and those that it may not
 * (Cc, Cf, Zl, Zp, Co, Cs, Cn), as base-36 steps from border to border, starting with allowed at U+0000.
 */
export const PATH_CODE_POINT_STEPS =
${lines.join(' +\n')};
`,
);
console.log(`${borders.length} borders`);
