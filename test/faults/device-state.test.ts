import { describe } from 'vitest';
import { DEVICE_STATE } from './device-state-scenario.js';
import { faultTests } from './fault-tests.js';

describe('the state of a device', () => faultTests(() => DEVICE_STATE));
