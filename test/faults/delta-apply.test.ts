import { describe } from 'vitest';
import { DELTA_APPLY } from './delta-apply-scenario.js';
import { faultTests } from './fault-tests.js';

describe('delta apply', () => faultTests(() => DELTA_APPLY));
