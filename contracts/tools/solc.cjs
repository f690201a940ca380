#!/usr/bin/env node
// Stands in for the native compiler, so that forge builds without a download: answers the two calls that forge makes with npm's solc.
'use strict';
const { readFileSync } = require('node:fs');
const solc = require('solc');

if (process.argv.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')));
} else {
  process.stderr.write('solc.cjs knows --version and --standard-json\n');
  process.exitCode = 1;
}
