import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { showText } from '@weighbridge/core/show-text';

/** A MALFORMED error about a model file, and about one of its tensors where it is known. */
export function malformedModel(file: string, problem: string, tensor?: string, cause?: unknown): WeighbridgeError {
  return refusal('MALFORMED', file, problem, 'get the file again from where it was made; it is refused as it is', {
    tensor,
    cause,
  });
}

/** A LIMIT error about a model file. */
export function modelOverLimit(file: string, problem: string, tensor?: string, cause?: unknown): WeighbridgeError {
  return refusal('LIMIT', file, problem, 'save the model again in fewer or smaller parts', { tensor, cause });
}

/** An UNSAFE_MODEL error: the file leads a reader to something outside its folder. */
export function unsafeModel(file: string, problem: string, tensor?: string): WeighbridgeError {
  return refusal(
    'UNSAFE_MODEL',
    file,
    problem,
    'do not use the file; ask who made it for one that stays in its folder',
    {
      tensor,
    },
  );
}

function refusal(
  code: 'MALFORMED' | 'LIMIT' | 'UNSAFE_MODEL',
  file: string,
  problem: string,
  hint: string,
  about: { readonly tensor: string | undefined; readonly cause?: unknown },
): WeighbridgeError {
  const { tensor, cause } = about;
  const where = tensor === undefined ? '' : `, tensor ${showText(tensor)}`;
  return new WeighbridgeError(code, `${showPath(file)}${where}: ${problem}`, {
    hint,
    details: tensor === undefined ? { file } : { file, tensor },
    cause,
  });
}
