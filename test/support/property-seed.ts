import fc from 'fast-check';

/**
 * Property tests try the same values at each run, so that a red run means a change of the code.
 * `PROPERTY_SEED=random` tries new ones; a failure prints its seed.
 */
const seed = process.env.PROPERTY_SEED ?? '20261124';
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
