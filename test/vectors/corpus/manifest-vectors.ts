import type { Outcome } from '@weighbridge/core/outcome';
import { canonical, type Json, sha3 } from './canonical.js';
import { entry, goldenEntry, manifest } from './release.js';
import { type Vector, vector } from './vector.js';

const plain = manifest();
const text = canonical(plain);
const [first] = plain.files as Record<string, Json>[];
const MOST_BYTES = 16 * 1024 * 1024;

/** Manifests alone: what they register is another question. */
export function manifestVectors(): Vector[] {
  return [...good(), ...shape(), ...files(), ...claims(), ...sizes()];
}

function good(): Vector[] {
  return [
    ok('plain', 'two files.', plain),
    ok(
      'golden_files',
      'files of 0 bytes, 1 byte, and some chunks, whose digests outside tools computed.',
      manifest({
        files: [
          goldenEntry('a', 0),
          goldenEntry('b', 1),
          goldenEntry('c', 1_048_576),
          goldenEntry('d', 1_048_577),
          goldenEntry('e', 3_145_735),
        ],
      }),
    ),
    ok(
      'all_members',
      'facts, evidence, base models and a source.',
      manifest({
        files: [{ ...first!, facts: { format: 'json', tensors: 0 } }],
        license: {
          declared: 'Apache-2.0',
          concluded: 'NOASSERTION',
          evidence: [{ path: 'LICENSE', id: 'Apache-2.0', exact: true }],
        },
        baseModels: [
          { name: 'acme/base@1.0.0', releaseDigest: 'ab'.repeat(64), license: 'MIT' },
          { name: 'elsewhere', releaseDigest: null, license: 'NOASSERTION' },
        ],
        source: { kind: 'git', uri: 'https://example.org/model', revision: 'v1' },
      }),
    ),
    ok(
      'sorted_by_utf8',
      'files sorted by bytes of UTF-8, not by UTF-16: U+FF21 before U+1F9EE.',
      manifest({ files: [entry('\uff21', 'x'), entry('\u{1f9ee}', 'x')] }),
    ),
    ok(
      'slash_before_letters',
      'a/b stands before a0, and after a-b.',
      manifest({ files: [entry('a-b', 'x'), entry('a/b', 'x'), entry('a0', 'x')] }),
    ),
    ok(
      'gitattributes',
      'a .gitattributes at the top is a file like any other.',
      manifest({ files: [entry('.gitattributes', '*.bin filter=lfs\n'), entry('a', 'x')] }),
    ),
    ok('largest_version_code', '2^53 − 1.', manifest({ versionCode: 2 ** 53 - 1 })),
    ok(
      'longest_names',
      'names of 64 characters each.',
      manifest({ model: `${'a'.repeat(64)}/${'b'.repeat(64)}`, version: `1${'.0'.repeat(31)}+` }),
    ),
  ];
}

function shape(): Vector[] {
  const { source: _, ...without } = plain;
  return [
    bad('trailing_newline', 'a line feed after the end.', `${text}\n`),
    bad('byte_order_mark', 'a byte order mark before the beginning.', `\ufeff${text}`),
    bad('pretty', 'white space for people.', JSON.stringify(JSON.parse(text), undefined, 2)),
    bad('unknown_member', 'a member more.', manifest({ createdAt: '2026-01-01T00:00:00Z' })),
    bad('member_missing', 'no source.', without),
    bad('unknown_format', 'a format that nobody knows yet.', manifest({ format: 'manifest-v2' })),
    bad(
      'version_twice',
      'two versions: one reader takes the first, another the last.',
      text.replace('"version":"1.0.0"', '"version":"1.0.0","version":"6.6.6"'),
    ),
    bad('model_without_namespace', 'a name without a namespace.', manifest({ model: 'pilot-llm' })),
    bad('model_in_capitals', 'a name in capitals.', manifest({ model: 'Acme/pilot-llm' })),
    bad('model_with_two_dots', 'a name with two dots in a row.', manifest({ model: 'acme/pilot..llm' })),
    bad('model_of_three_parts', 'a name of three parts.', manifest({ model: 'acme/pilot/llm' })),
    bad('model_of_65_characters', 'a name that is too long.', manifest({ model: `acme/${'a'.repeat(65)}` })),
    bad('version_ending_in_lock', 'a version that Git takes for no tag.', manifest({ version: '1.0.lock' })),
    bad('version_ending_in_a_dot', 'a version that Git takes for no tag.', manifest({ version: '1.' })),
    bad('version_with_two_dots', 'a version that Git takes for no tag.', manifest({ version: '1..0' })),
    bad('version_with_a_slash', 'a version with a slash.', manifest({ version: '1/0' })),
    bad('version_code_as_text', 'a version code as a text.', manifest({ versionCode: '1' })),
    bad('version_code_negative', 'a version code below zero.', text.replace('"versionCode":1', '"versionCode":-1')),
    bad(
      'version_code_beyond_2_53',
      'a version code that a float cannot hold.',
      text.replace('"versionCode":1', '"versionCode":9007199254740993'),
    ),
  ];
}

function files(): Vector[] {
  const withFile = (members: Record<string, Json>) => manifest({ files: [{ ...first!, ...members }] });
  const { cid: _, ...without } = first!;
  return [
    bad('no_files', 'nothing is listed.', manifest({ files: [] })),
    bad('files_unsorted', 'the files stand in another order.', manifest({ files: [entry('b', 'x'), entry('a', 'x')] })),
    bad(
      'files_sorted_by_utf16',
      'the files are sorted by UTF-16: U+1F9EE before U+FF21.',
      manifest({ files: [entry('\u{1f9ee}', 'x'), entry('\uff21', 'x')] }),
    ),
    bad('file_twice', 'one file twice.', manifest({ files: [entry('a', 'x'), entry('a', 'x')] })),
    bad('twins', 'two files that differ by case.', manifest({ files: [entry('A', 'x'), entry('a', 'y')] })),
    bad(
      'folder_twins',
      'two folders that differ by case.',
      manifest({ files: [entry('Sub/a', 'x'), entry('sub/b', 'y')] }),
    ),
    bad('climbing_path', 'a path that leaves the folder.', withFile({ path: '../a' })),
    bad('absolute_path', 'a path from the root.', withFile({ path: '/a' })),
    bad(
      'metadata_path',
      'a file in the folder that is no part of a release.',
      withFile({ path: '.weighbridge/bundle.json' }),
    ),
    bad('path_is_null', 'null where a path belongs.', withFile({ path: null })),
    bad('file_with_an_unknown_member', 'a member more.', withFile({ md5: 'd41d8cd98f00b204e9800998ecf8427e' })),
    bad('file_without_a_cid', 'a digest less.', manifest({ files: [without] })),
    bad('digest_in_capitals', 'a digest in capitals.', withFile({ tree: String(first!.tree).toUpperCase() })),
    bad('digest_too_short', 'a digest of 126 digits.', withFile({ tree: String(first!.tree).slice(2) })),
    bad(
      'digest_with_a_prefix',
      'a digest that names its algorithm.',
      withFile({ 'sha3-512': `sha3-512:${String(first!['sha3-512'])}` }),
    ),
    bad(
      'sha3_256_as_sha3_512',
      'a weaker digest in the place of the right one.',
      withFile({ 'sha3-512': 'ab'.repeat(32) }),
    ),
    bad(
      'sha256_as_base64',
      'a digest in base64.',
      withFile({ sha256: Buffer.from(String(first!.sha256), 'hex').toString('base64') }),
    ),
    bad('cid_v0', 'a CID of version 0.', withFile({ cid: 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG' })),
    bad('cid_in_capitals', 'a CID in capitals.', withFile({ cid: String(first!.cid).toUpperCase() })),
    bad('size_negative', 'a size below zero.', canonical(withFile({})).replace(/"size":\d+/, '"size":-1')),
    bad('size_as_text', 'a size as a text.', withFile({ size: '23' })),
    bad('files_as_an_object', 'an object where a list belongs.', manifest({ files: { a: first! } })),
  ];
}

function claims(): Vector[] {
  const license = plain.license as Record<string, Json>;
  return [
    bad('license_with_an_unknown_member', 'a member more.', manifest({ license: { ...license, url: 'x' } })),
    bad('license_as_a_text', 'a text where an object belongs.', manifest({ license: 'MIT' })),
    bad(
      'facts_with_an_unknown_member',
      'a member more.',
      manifest({ files: [{ ...first!, facts: { format: 'x', tensors: 1, architecture: 'x' } }] }),
    ),
    bad(
      'evidence_with_an_unknown_member',
      'a member more.',
      manifest({ license: { ...license, evidence: [{ path: 'LICENSE', id: 'MIT', exact: true, by: 'x' }] } }),
    ),
    bad(
      'base_model_with_an_unknown_member',
      'a member more.',
      manifest({ baseModels: [{ name: 'x', releaseDigest: null, license: 'MIT', uri: 'x' }] }),
    ),
    bad(
      'source_with_an_unknown_member',
      'a member more.',
      manifest({ source: { kind: '', uri: '', revision: '', branch: 'x' } }),
    ),
    bad(
      'evidence_outside',
      'a license text outside the folder.',
      manifest({ license: { ...license, evidence: [{ path: '../LICENSE', id: 'MIT', exact: true }] } }),
    ),
    bad(
      'base_model_with_a_short_digest',
      'a base model with a digest of 64 digits.',
      manifest({ baseModels: [{ name: 'x', releaseDigest: 'ab'.repeat(32), license: 'MIT' }] }),
    ),
    bad('source_without_a_revision', 'a member less.', manifest({ source: { kind: '', uri: '' } })),
    bad(
      'facts_with_a_fraction',
      'half a tensor.',
      canonical(manifest({ files: [{ ...first!, facts: { format: 'x', tensors: 1 } }] })).replace(
        '"tensors":1',
        '"tensors":1.5',
      ),
    ),
  ];
}

/** Files of 16 MiB are made when they are needed. */
function sizes(): Vector[] {
  const [before, after] = [text.slice(0, text.indexOf('"MIT"') + 1), text.slice(text.indexOf('"MIT"') + 1)];
  const most = MOST_BYTES - text.length;
  const filled = (name: string, outcome: Outcome, says: string, times: number, expected: Record<string, Json> = {}) =>
    vector('manifest-v1', name, outcome, {
      says,
      files: {},
      recipe: {
        file: 'manifest.json',
        parts: [
          { text: before, times: 1 },
          { text: 'x', times },
          { text: after, times: 1 },
        ],
      },
      expected,
    });
  return [
    filled('of_16_mib', 'OK', 'a manifest of exactly 16 MiB.', most, {
      releaseDigest: sha3(before, 'x'.repeat(most), after),
    }),
    filled('over_16_mib', 'LIMIT', 'a manifest of 16 MiB and one byte.', most + 1),
  ];
}

function ok(name: string, says: string, file: Record<string, Json>): Vector {
  return alone(name, 'OK', says, canonical(file), { releaseDigest: sha3(canonical(file)) });
}

function bad(name: string, says: string, file: Record<string, Json> | string): Vector {
  return alone(name, 'MALFORMED', says, typeof file === 'string' ? file : canonical(file), {});
}

function alone(name: string, outcome: Outcome, says: string, file: string, expected: Record<string, Json>): Vector {
  return vector('manifest-v1', name, outcome, { says, files: { 'manifest.json': file }, expected });
}
