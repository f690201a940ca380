import { createRequire } from 'node:module';

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/** Path of forge itself: the wrapper that npm installs as `forge` exits 0 whatever forge exits with. */
export function forgeBinary() {
  const { resolve } = createRequire(import.meta.url);
  const platform = `${process.platform}-${ARCHITECTURES[process.arch]}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return createRequire(resolve('@foundry-rs/forge/package.json')).resolve(
    `@foundry-rs/forge-${platform}/bin/forge${suffix}`,
  );
}
