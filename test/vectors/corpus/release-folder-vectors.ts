import type { Outcome } from '@weighbridge/core/outcome';
import { canonical, digest, type Json } from './canonical.js';
import { entry, goldenEntry, goldenLeaves } from './release.js';
import { scene } from './scene.js';
import { NOW, time } from './times.js';
import { type Vector, vector } from './vector.js';

const SIZE = 3_145_735;
const CONFIG = '{"layers":2}\n';
const MODEL = goldenEntry('weights/model.bin', SIZE);
const FILES = [entry('config.json', CONFIG), entry('empty.txt', ''), MODEL];
const made = scene({ manifest: { files: FILES } });
const ALL: Json[] = [
  { path: 'config.json', text: CONFIG },
  { path: 'empty.txt', text: '' },
  { path: 'weights/model.bin', golden: SIZE },
];
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${String(MODEL.sha256)}\nsize ${SIZE}\n`;
const LEAVES = `.weighbridge/leaves/${String(MODEL.tree)}`;
const atModel = { file: 'weights/model.bin' };

/** Folders that are, or are not, a release: `recipe.json` says how to make them, since Git could not hold most of them. */
export function releaseFolderVectors(): Vector[] {
  return [...good(), ...fileBytes(), ...fileSets(), ...kinds(), ...leaves(), ...metadata(), ...digests()];
}

function good(): Vector[] {
  return [
    folder('as_registered', 'OK', 'byte for byte what is registered.', []),
    folder('hard_linked', 'OK', 'hard links: package managers make them.', [
      { do: 'link', path: '../elsewhere.bin', to: 'weights/model.bin' },
    ]),
    folder('with_metadata', 'OK', 'a .weighbridge/ at the top is passed over, whatever lies in it.', [
      { do: 'write', path: '.weighbridge/manifest.json', text: 'not a manifest' },
      { do: 'write', path: '.weighbridge/notes/x.txt', text: 'x' },
    ]),
    folder('all_digests', 'OK', 'all four digests of each file.', [], { given: { allDigests: true } }),
    folder(
      'git_checkout',
      'OK',
      'a Git checkout, verified as one.',
      [
        { do: 'write', path: '.git/HEAD', text: 'ref: refs/heads/main\n' },
        { do: 'write', path: '.gitattributes', text: '*.bin filter=lfs\n' },
      ],
      {
        given: { gitCheckout: true },
      },
    ),
  ];
}

function fileBytes(): Vector[] {
  const model = (name: string, says: string, ...steps: Json[]) =>
    folder(name, 'TAMPERED', says, steps, { expected: atModel });
  return [
    model('first_bit_flipped', 'the first bit of a file is flipped.', {
      do: 'flip',
      path: 'weights/model.bin',
      byte: 0,
      bit: 7,
    }),
    model('last_bit_flipped', 'the last bit of a file is flipped.', {
      do: 'flip',
      path: 'weights/model.bin',
      byte: SIZE - 1,
      bit: 0,
    }),
    model('bit_at_a_chunk_border_flipped', 'the first bit of the second chunk is flipped.', {
      do: 'flip',
      path: 'weights/model.bin',
      byte: 1_048_576,
      bit: 7,
    }),
    model('chunks_exchanged', 'the first two chunks changed places.', {
      do: 'exchangeChunks',
      path: 'weights/model.bin',
      a: 0,
      b: 1,
    }),
    model('truncated', 'the last byte of a file is missing.', {
      do: 'truncate',
      path: 'weights/model.bin',
      size: SIZE - 1,
    }),
    model('emptied', 'a file has no bytes left.', { do: 'truncate', path: 'weights/model.bin', size: 0 }),
    model('a_byte_more', 'a file has a byte more.', { do: 'append', path: 'weights/model.bin', text: '\n' }),
    model(
      'other_bytes_of_the_same_size',
      'a file of zeros.',
      { do: 'truncate', path: 'weights/model.bin', size: 0 },
      { do: 'truncate', path: 'weights/model.bin', size: SIZE },
    ),
    folder(
      'empty_file_filled',
      'TAMPERED',
      'an empty file has a byte.',
      [{ do: 'append', path: 'empty.txt', text: 'x' }],
      { expected: { file: 'empty.txt' } },
    ),
    folder('files_exchanged', 'TAMPERED', 'two files changed places.', [
      { do: 'move', path: 'config.json', to: 'x' },
      { do: 'move', path: 'weights/model.bin', to: 'config.json' },
      { do: 'move', path: 'x', to: 'weights/model.bin' },
    ]),
    folder(
      'line_ends_changed',
      'TAMPERED',
      'a text file was "normalized" on its way.',
      [{ do: 'write', path: 'config.json', text: CONFIG.replace('\n', '\r\n') }],
      { expected: { file: 'config.json' } },
    ),
    model('lfs_pointer', 'a Git LFS pointer in the place of the weights.', {
      do: 'write',
      path: 'weights/model.bin',
      text: POINTER,
    }),
  ];
}

function fileSets(): Vector[] {
  return [
    folder('file_missing', 'TAMPERED', 'a file is missing.', [{ do: 'remove', path: 'weights/model.bin' }], {
      expected: atModel,
    }),
    folder(
      'empty_file_missing',
      'TAMPERED',
      'a file without bytes is missing.',
      [{ do: 'remove', path: 'empty.txt' }],
      { expected: { file: 'empty.txt' } },
    ),
    folder(
      'file_more',
      'TAMPERED',
      'a file that is not listed.',
      [{ do: 'write', path: 'weights/extra.bin', text: 'x' }],
      { expected: { file: 'weights/extra.bin' } },
    ),
    folder(
      'hidden_file_more',
      'TAMPERED',
      'a hidden file that is not listed.',
      [{ do: 'write', path: '.env', text: 'x' }],
      { expected: { file: '.env' } },
    ),
    folder(
      'empty_file_more',
      'TAMPERED',
      'a file without bytes that is not listed.',
      [{ do: 'write', path: 'z', text: '' }],
      { expected: { file: 'z' } },
    ),
    folder('file_with_a_line_break_more', 'TAMPERED', 'a file whose name would break the line that names it.', [
      { do: 'write', path: 'a\nOK', text: 'x' },
    ]),
    folder('file_not_in_utf8_more', 'TAMPERED', 'a file whose name is no UTF-8.', [
      { do: 'write', pathHex: '61ff62', text: 'x' },
    ]),
    folder('file_renamed_by_case', 'TAMPERED', 'a file in another spelling.', [
      { do: 'move', path: 'config.json', to: 'Config.json' },
    ]),
    folder('file_in_another_folder', 'TAMPERED', 'a file one folder up.', [
      { do: 'move', path: 'weights/model.bin', to: 'model.bin' },
    ]),
    folder(
      'git_folder',
      'TAMPERED',
      'a Git checkout is no release folder.',
      [{ do: 'write', path: '.git/HEAD', text: 'ref: refs/heads/main\n' }],
      { expected: { file: '.git/HEAD' } },
    ),
    folder(
      'git_folder_below_the_top',
      'TAMPERED',
      'verified as a Git checkout, with a .git/ that is not at the top.',
      [{ do: 'write', path: 'weights/.git/HEAD', text: 'x' }],
      {
        given: { gitCheckout: true },
        expected: { file: 'weights/.git/HEAD' },
      },
    ),
    folder(
      'gitattributes_more',
      'TAMPERED',
      'a .gitattributes that is not listed.',
      [{ do: 'write', path: '.gitattributes', text: 'x' }],
      { expected: { file: '.gitattributes' } },
    ),
    folder(
      'emptied_folder',
      'TAMPERED',
      'nothing is left: a damaged folder, no other release.',
      ALL.map((file) => ({ do: 'remove', path: (file as { path: string }).path })),
    ),
    folder('of_another_release', 'WRONG_ARTIFACT', 'files, and none of them has a listed path.', [
      ...ALL.map((file) => ({ do: 'remove', path: (file as { path: string }).path })),
      { do: 'write', path: 'other/model.bin', text: 'x' },
    ]),
  ];
}

function kinds(): Vector[] {
  const kind = (name: string, says: string, file: string, ...steps: Json[]) =>
    folder(name, 'TAMPERED', says, steps, { expected: { file } });
  return [
    kind(
      'symlink_to_the_right_bytes',
      'a symlink to the registered bytes.',
      'config.json',
      { do: 'move', path: 'config.json', to: '../config.json' },
      { do: 'symlink', path: 'config.json', to: '../config.json' },
    ),
    kind('symlink_inside', 'a symlink that is not listed, to a file of the release.', 'also.json', {
      do: 'symlink',
      path: 'also.json',
      to: 'config.json',
    }),
    kind('symlink_to_nothing', 'a symlink that leads nowhere.', 'weights/x', {
      do: 'symlink',
      path: 'weights/x',
      to: 'nowhere',
    }),
    kind('symlink_to_itself', 'a symlink that leads to itself.', 'loop', { do: 'symlink', path: 'loop', to: 'loop' }),
    kind(
      'folder_behind_a_symlink',
      'a symlink in the place of a folder.',
      'weights',
      { do: 'move', path: 'weights', to: '../weights' },
      { do: 'symlink', path: 'weights', to: '../weights' },
    ),
    kind(
      'fifo',
      'a FIFO in the place of a file: opened carelessly, it blocks for ever.',
      'config.json',
      { do: 'remove', path: 'config.json' },
      { do: 'fifo', path: 'config.json' },
    ),
    kind('fifo_more', 'a FIFO that is not listed.', 'pipe', { do: 'fifo', path: 'pipe' }),
  ];
}

/** Leaves beside the weights tell which chunk is bad, and nothing else. */
function leaves(): Vector[] {
  const good = Buffer.concat(goldenLeaves(SIZE));
  const flipInThird: Json = { do: 'flip', path: 'weights/model.bin', byte: 2_500_000, bit: 3 };
  const put: Json = { do: 'copy', file: 'leaves.bin', path: LEAVES };
  const forThoseBytes = Buffer.from(good).fill(digest('sha3-512', ['x']), 128, 192);
  return [
    folder(
      'chunk_named',
      'TAMPERED',
      'with good leaves at hand the bad chunk is named, counted from 0.',
      [put, flipInThird],
      { files: { 'leaves.bin': good }, expected: { ...atModel, chunk: 2 } },
    ),
    folder(
      'forged_leaves',
      'TAMPERED',
      'leaves that do not belong to the registered root name no chunk.',
      [put, flipInThird],
      { files: { 'leaves.bin': forThoseBytes }, expected: { ...atModel, chunk: null } },
    ),
    folder('forged_leaves_beside_good_bytes', 'OK', 'bad leaves beside good bytes: nobody needs them.', [put], {
      files: { 'leaves.bin': forThoseBytes },
    }),
  ];
}

function metadata(): Vector[] {
  return [
    folder(
      'metadata_as_a_file',
      'TAMPERED',
      'a file in the place of .weighbridge/.',
      [{ do: 'write', path: '.weighbridge', text: 'x' }],
      { expected: { file: '.weighbridge' } },
    ),
    folder(
      'metadata_as_a_symlink',
      'TAMPERED',
      'a symlink in the place of .weighbridge/.',
      [{ do: 'symlink', path: '.weighbridge', to: 'weights' }],
      { expected: { file: '.weighbridge' } },
    ),
    folder(
      'metadata_in_another_spelling',
      'TAMPERED',
      'another spelling of .weighbridge/ hides nothing.',
      [{ do: 'write', path: '.Weighbridge/evil.bin', text: 'x' }],
      { expected: { file: '.Weighbridge' } },
    ),
    folder(
      'metadata_in_another_spelling_and_empty',
      'TAMPERED',
      'a folder without files in another spelling of .weighbridge/.',
      [{ do: 'folder', path: '.WEIGHBRIDGE' }],
      { expected: { file: '.WEIGHBRIDGE' } },
    ),
    folder(
      'metadata_below_the_top',
      'TAMPERED',
      'a .weighbridge/ below the top hides nothing.',
      [{ do: 'write', path: 'weights/.weighbridge/evil.bin', text: 'x' }],
      {
        expected: { file: 'weights/.weighbridge/evil.bin' },
      },
    ),
  ];
}

/** A registered manifest whose four digests of one file are of different bytes. */
function digests(): Vector[] {
  const differing = {
    sha256: digest('sha256', ['x']).toString('hex'),
    'sha3-512': digest('sha3-512', ['x']).toString('hex'),
    cid: String(entry('x', 'x').cid),
  };
  const oneWrong = Object.entries(differing).map(([name, value]) =>
    folder(
      `${name}_of_other_bytes`,
      'TAMPERED',
      `the tree is right, the ${name} is of other bytes: all digests were asked for.`,
      [],
      { ...wrong(name, value), given: { allDigests: true } },
    ),
  );
  return [
    ...oneWrong,
    folder(
      'sha256_of_other_bytes_and_the_tree_alone',
      'OK',
      'the tree is right, which is what a device checks.',
      [],
      wrong('sha256', differing.sha256),
    ),
    folder(
      'tree_of_other_bytes',
      'TAMPERED',
      'the tree is of other bytes, the other digests are right.',
      [],
      wrong('tree', String(FILES[1]!.tree)),
    ),
  ];
}

function wrong(name: string, value: string): { manifestFiles: Json[]; expected: Record<string, Json> } {
  return { manifestFiles: [{ ...FILES[0]!, [name]: value }, ...FILES.slice(1)], expected: { file: 'config.json' } };
}

interface FolderOptions {
  readonly given?: Record<string, Json>;
  readonly expected?: Record<string, Json>;
  readonly files?: Record<string, Uint8Array>;
  readonly manifestFiles?: Json[];
}

function folder(name: string, outcome: Outcome, says: string, steps: Json[], options: FolderOptions = {}): Vector {
  const { bundle, trust } =
    options.manifestFiles === undefined ? made : scene({ manifest: { files: options.manifestFiles } });
  return vector('release-folder', name, outcome, {
    says,
    files: { 'bundle.json': canonical(bundle), 'trust.json': canonical(trust), ...options.files },
    given: { now: time(NOW), ...options.given },
    ...(outcome === 'OK' || options.expected === undefined ? {} : { expected: options.expected }),
    recipe: { folder: ALL, steps },
  });
}
