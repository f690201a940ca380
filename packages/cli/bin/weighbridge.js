#!/usr/bin/env node
// Committed by hand, so that a package manager can link it before anything is built.
import { existsSync } from 'node:fs';

const built = new URL('../dist/bundle/main.js', import.meta.url);

if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write('USAGE: weighbridge is not built yet\nhint: run `pnpm install && pnpm build` in its folder\n');
  process.exitCode = 2;
}
