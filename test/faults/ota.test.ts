import { beforeAll, describe } from 'vitest';
import { otaWorld, type OtaWorld } from '../support/ota.js';
import { faultTests } from './fault-tests.js';
import { otaScenarios } from './ota-scenarios.js';

const NAMES = ['ota install, first', 'ota install', 'boot on trial', 'ota confirm', 'ota rollback'];
let ota: OtaWorld;
beforeAll(async () => {
  ota = await otaWorld();
}, 300_000);

describe.each(NAMES)('%s', (name) => faultTests(() => otaScenarios(ota).find((scenario) => scenario.name === name)!));
