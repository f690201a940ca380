// Where a pair is made: a folder with `from` and `to`, and `adapter` where it has one.
import { linkSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const MODEL = 'model.safetensors';

/**
 * @typedef {object} Place
 * @property {string} folder of the pair, empty before it is made
 * @property {() => string} base gives the folder of the model that several pairs start from
 */

/** @returns the path, its folder made */
export function inFolder({ folder }, ...parts) {
  const path = join(folder, ...parts);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

export const linkBase = (place, side = 'from') => linkSync(join(place.base(), MODEL), inFolder(place, side, MODEL));
