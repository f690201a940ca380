import { WeighbridgeError } from '@weighbridge/core/errors';

export function malformedCar(problem: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `the CAR ${problem}`, {
    hint: 'ask for it anew as version=1;order=dfs of a release’s root, or fetch from another channel',
  });
}

export function tooMuchCar(problem: string): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the CAR ${problem}`, {
    hint: 'do not use this source; fetch from another channel',
  });
}
