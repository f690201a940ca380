// Pairs that were published: each side is a file of an npm package, known by the first hexadecimal digits of its SHA-256.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inFolder } from './pair-place.mjs';

const of = (spec, path, sha256) => ({ spec, path, sha256 });

const SIDES = {
  r1: {
    from: of('@ricky0123/vad-web@0.0.31', 'dist/silero_vad_v5.onnx', '2623a295'),
    to: of('@ricky0123/vad-web@0.0.31', 'dist/silero_vad_v6.onnx', '1a153a22'),
  },
  r3: {
    from: of('@mediapipe/pose@0.4.1624666670', 'pose_landmark_heavy.tflite', '9dab1a54'),
    to: of('@mediapipe/pose@0.4.1630009814', 'pose_landmark_heavy.tflite', '59e42d71'),
  },
  r5: {
    from: of('@picovoice/leopard-node@2.0.1', 'lib/common/leopard_params.pv', 'f23b0251'),
    to: of('@picovoice/leopard-node@3.0.1', 'lib/common/leopard_params.pv', '6cc3536b'),
  },
  r7: {
    from: of('stockfish@17.1.0', 'src/stockfish-17.1-lite-51f59da.wasm', '2bf3dcc2'),
    to: of('stockfish@18.0.8', 'bin/stockfish-18-lite.wasm', 'd5013691'),
  },
};

export const PACKAGE_PAIRS = Object.fromEntries(
  Object.entries(SIDES).map(([name, { from, to }]) => [
    name,
    (place) => {
      fetchFile(from, inFolder(place, 'from', basename(from.path)));
      fetchFile(to, inFolder(place, 'to', basename(to.path)));
    },
  ]),
);

function fetchFile({ spec, path, sha256 }, target) {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-pack-'));
  try {
    run('npm', ['pack', '--silent', '--pack-destination', folder, spec]);
    const [archive] = readdirSync(folder);
    run('tar', ['-xzf', join(folder, archive), '-C', folder, `package/${path}`]);
    const file = join(folder, 'package', path);
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (!digest.startsWith(sha256)) throw new Error(`${spec} ${path}: SHA-256 ${digest} instead of ${sha256}…`);
    copyFileSync(file, target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program, words) {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? stderr}`);
}
