import type { Copy } from '../general/find-copies.js';
import { BYTES, COPY, operationOf } from '../operations.js';
import { NO_RESOURCE, type Piece, type SourceRange } from '../package-table.js';
import { type ChooseDoors, type ChosenOperation, chooseOperation } from './choose-operation.js';
import type { Stretch } from './stretches.js';

const GENERAL: ChosenOperation = { operation: BYTES.id, resource: NO_RESOURCE };

/** The pieces of one stretch. @param copies of its file, in order */
export function planStretch(doors: ChooseDoors, stretch: Stretch, copies: readonly Copy[]): Piece[] {
  const { start, length, tensor, match } = stretch;
  if (tensor !== undefined && match !== undefined) {
    const source = { file: match.base.file, offset: match.base.offset };
    return wholeElements(start, length, source, chooseOperation(doors, tensor, match));
  }
  const own = copies.filter((copy) => copy.offset < start + length && copy.offset + copy.length > start);
  const copied = own.reduce((sum, copy) => sum + copy.length, 0);
  const isCopied = tensor === undefined || copied >= length;
  const rest = isCopied ? GENERAL : chooseOperation(doors, { ...tensor, offset: start, length }, undefined);
  return aroundCopies(stretch, own, operationOf(rest.operation)!.width, (from, bytes) =>
    wholeElements(from, bytes, undefined, rest),
  );
}

/** A piece of whole elements; what is none at its end is written in the general way. */
function wholeElements(
  start: number,
  length: number,
  source: SourceRange | undefined,
  { operation, resource }: ChosenOperation,
): Piece[] {
  const { width, source: kind } = operationOf(operation)!;
  const whole = length - (length % width);
  const piece = { operation, start, length: whole, source: kind === 'aligned' ? source : undefined, resource };
  const rest = { ...GENERAL, start: start + whole, length: length - whole, source: undefined };
  return [piece, rest].filter((one) => one.length > 0);
}

/** COPY where the base has the bytes, and between those what `between` makes of whole elements. */
function aroundCopies(
  { start, length }: Stretch,
  copies: readonly Copy[],
  width: number,
  between: (start: number, length: number) => Piece[],
): Piece[] {
  const pieces: Piece[] = [];
  const end = start + length;
  let done = start;
  for (const copy of copies) {
    const from = start + Math.ceil((Math.max(done, copy.offset) - start) / width) * width;
    const to = start + Math.floor((Math.min(end, copy.offset + copy.length) - start) / width) * width;
    if (to <= from) continue;
    if (from > done) pieces.push(...between(done, from - done));
    const source = { file: copy.sourceFile, offset: copy.sourceOffset + from - copy.offset };
    pieces.push({ operation: COPY.id, start: from, length: to - from, source, resource: NO_RESOURCE });
    done = to;
  }
  if (done < end) pieces.push(...between(done, end - done));
  return pieces;
}
