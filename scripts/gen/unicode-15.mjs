// Writes packages/core/src/unicode-15.ts from the Unicode 15.0 data that npm's @unicode/unicode-15.0.0 holds.
// Node's own tables grow with each release; which paths are allowed must not.
//   node scripts/gen/unicode-15.mjs [--check]     --check compares with the file instead of writing it
import { readFileSync, writeFileSync } from 'node:fs';

const TARGET = new URL('../../packages/core/src/unicode-15.ts', import.meta.url);
const FORBIDDEN = [
  'Control',
  'Format',
  'Line_Separator',
  'Paragraph_Separator',
  'Private_Use',
  'Unassigned',
  'Surrogate',
];

async function forbiddenCodePoints() {
  const isForbidden = new Uint8Array(0x110000);
  for (const category of FORBIDDEN) {
    const { default: points } = await import(`@unicode/unicode-15.0.0/General_Category/${category}/code-points.mjs`);
    for (const point of points) isForbidden[point] = 1;
  }
  return isForbidden;
}

/** Code points that differ from the one before, the first being allowed by definition. */
function bordersOf(isForbidden) {
  const borders = [];
  isForbidden.forEach((flag, point) => {
    if (flag !== (isForbidden[point - 1] ?? 0)) borders.push(point);
  });
  return borders;
}

function sourceOf(borders) {
  const steps = borders.map((border, index) => (border - (borders[index - 1] ?? 0)).toString(36));
  const lines = steps
    .join(' ')
    .match(/.{1,110}(?: |$)/g)
    .map((line) => `  '${line}'`);
  return `// Written by scripts/gen/unicode-15.mjs; do not edit.

/**
 * Where Unicode 15.0 changes between code points that a path may hold and those that it may not
 * (Cc, Cf, Zl, Zp, Co, Cs, Cn), as base-36 steps from border to border, starting with allowed at U+0000.
 */
export const PATH_CODE_POINT_STEPS =
${lines.join(' +\n')};
`;
}

const borders = bordersOf(await forbiddenCodePoints());
const source = sourceOf(borders);
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, source);
  console.log(`${borders.length} borders`);
} else if (readFileSync(TARGET, 'utf8') !== source) {
  console.error('packages/core/src/unicode-15.ts is not what scripts/gen/unicode-15.mjs writes; run it');
  process.exitCode = 1;
}
