import { accepted, bundleVector } from './bundle-vector.js';
import { STRANGER, scene, W1, W2, W3 } from './scene.js';
import { leaf } from './trie-nodes.js';
import { BLOCK_TIME, DAY, ISSUED, MAX_AGE, NOW, time } from './times.js';
import type { Vector } from './vector.js';

const twoOfThree = { witnesses: [W1.address, W2.address, W3.address].sort(), threshold: 2 };

/** Bundles that a device takes. */
export function goodBundles(): Vector[] {
  const plain = scene();
  const age = NOW - ISSUED;
  return [
    bundleVector('plain', 'OK', 'one witness, one approved release.', plain, {
      expected: accepted(plain, {
        issuedAt: time(ISSUED),
        ageSeconds: age,
        maxAgeSeconds: MAX_AGE,
        number: 100,
        hash: plain.blockHash,
      }),
    }),
    good('release_asked_for', 'the release that was asked for.', scene(), {
      given: { release: 'acme/pilot-llm@1.0.0' },
    }),
    good(
      'namespace_pattern',
      'the trust file takes every model of the namespace.',
      scene({ trust: { models: ['acme/*'] } }),
    ),
    good(
      'two_of_three',
      'two of three trusted witnesses signed, two are needed.',
      scene({ trust: twoOfThree, signers: [{ by: W1 }, { by: W3 }] }),
    ),
    good(
      'stranger_beside_good',
      'a good signature of somebody whom the trust file does not name is passed over; its short max age counts for nothing.',
      scene({ signers: [{ by: W1 }, { by: STRANGER, maxAgeSeconds: 1, issuedAt: ISSUED + 5 }] }),
      { expected: { issuedAt: time(ISSUED), maxAgeSeconds: MAX_AGE } },
    ),
    good(
      'issue_time_of_the_second_newest',
      'with a threshold of two the issue time is the second newest of the three.',
      scene({
        trust: twoOfThree,
        signers: [{ by: W1, issuedAt: ISSUED + 300 }, { by: W2, issuedAt: ISSUED + 200 }, { by: W3 }],
      }),
      { expected: { issuedAt: time(ISSUED + 200), ageSeconds: NOW - ISSUED - 200 } },
    ),
    good(
      'max_age_of_a_witness',
      'the smallest max age of all trusted witnesses that signed, although one of them would be enough.',
      scene({
        trust: { ...twoOfThree, threshold: 1 },
        signers: [
          { by: W1, maxAgeSeconds: 7 * DAY },
          { by: W2, maxAgeSeconds: 2 * DAY },
        ],
      }),
      { expected: { maxAgeSeconds: 2 * DAY } },
    ),
    good(
      'max_age_of_the_trust_file',
      'the trust file allows less than the witness.',
      scene({ trust: { maxAgeSeconds: 3 * DAY } }),
      {
        expected: { maxAgeSeconds: 3 * DAY },
      },
    ),
    good('just_in_age', 'as old as is allowed, to the second.', scene(), {
      now: ISSUED + MAX_AGE,
      expected: { ageSeconds: MAX_AGE },
    }),
    good(
      'block_of_the_issue_time',
      'the block is of the very second in which it was signed.',
      scene({ signers: [{ by: W1, issuedAt: BLOCK_TIME }] }),
    ),
    good(
      'clock_behind_the_issue_time',
      'a host clock before the issue time is wrong: the proof is young, the clock unset.',
      scene(),
      {
        now: ISSUED - 1,
        expected: { clock: 'unset', ageSeconds: 0 },
      },
    ),
    good(
      'clock_behind_the_trust_file',
      'a host clock before the day on which the trust file was made is wrong.',
      scene({ trust: { issuedAt: time(NOW + DAY) } }),
      {
        expected: { clock: 'unset' },
      },
    ),
    good(
      'clock_required_and_right',
      'the trust file requires a right clock, and it is.',
      scene({ trust: { requireClock: true } }),
      { now: ISSUED },
    ),
    good(
      'superseded',
      'approved, and a later version too: superseded is no refusal.',
      scene({ record: { latest: 2, latestApproved: 2 } }),
      {
        expected: { status: 'superseded' },
      },
    ),
    good(
      'later_version_pending',
      'a later version that is only pending supersedes nothing.',
      scene({ record: { latest: 2, latestApproved: 1 } }),
    ),
    good(
      'equal_to_min_allowed',
      'the lowest version code that the publisher allows.',
      scene({ record: { minAllowed: 1 } }),
    ),
    good(
      'largest_version_code',
      'the largest version code that there is, exactly.',
      scene({ manifest: { versionCode: 2 ** 53 - 1 } }),
    ),
    good(
      'all_bits_of_approvals',
      '32 approvals, threshold 32, every bit of the word set.',
      scene({ record: { approvals: 2 ** 32 - 1, threshold: 32 } }),
    ),
    good(
      'development_chain',
      'chain 31337: taken, and the verdict says that it is a development chain.',
      scene({ chainId: 31_337 }),
      {
        expected: { development: true },
      },
    ),
    good('development_chain_1337', 'chain 1337 is a development chain too.', scene({ chainId: 1_337 }), {
      expected: { development: true },
    }),
    good(
      'only_account_of_the_chain',
      'the account trie is a single leaf.',
      scene({ accountTrie: (key, account) => [leaf(key, account)] }),
    ),
    good('header_of_15_fields', 'the shortest header.', scene({ headerFields: 15 })),
    good('header_of_23_fields', 'a header of a later fork, read by position.', scene({ headerFields: 23 })),
    good('header_of_64_fields', 'the longest header.', scene({ headerFields: 64 })),
    good(
      'contract_with_much_storage',
      'a storage trie of 5,000 slots: long paths of full branches.',
      scene({ otherSlots: 5_000 }),
    ),
    good('first_block', 'block 0: a number without bytes in the header.', scene({ number: 0 })),
  ];
}

function good(
  name: string,
  says: string,
  made: ReturnType<typeof scene>,
  other: Parameters<typeof bundleVector>[4] = {},
): Vector {
  return bundleVector(name, 'OK', says, made, { ...other, expected: accepted(made, other.expected) });
}
