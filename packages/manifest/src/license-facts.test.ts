import { describe, expect, it } from 'vitest';
import { licenseFacts, NOASSERTION, parseLicense } from './license-facts.js';
import type { ManifestFile } from './manifest.js';

describe('parseLicense', () => {
  it.each([
    'MIT',
    'Apache-2.0',
    'Apache-2.0+',
    'MIT OR Apache-2.0',
    '(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0',
    'LicenseRef-Llama-3',
    'DocumentRef-a:LicenseRef-b',
  ])('%s is one', (expression) => expect(parseLicense(expression)).toBe(expression));

  it('absent and NOASSERTION are no assertion', () => {
    expect(parseLicense(undefined)).toBe(NOASSERTION);
    expect(parseLicense('NOASSERTION')).toBe(NOASSERTION);
  });

  it('leaves out the space around it', () => expect(parseLicense(' MIT ')).toBe('MIT'));

  it.each([
    '',
    ' ',
    'mit',
    'MIT OR',
    'OR MIT',
    'MIT Apache-2.0',
    'MIT/Apache-2.0',
    'Llama 3',
    'UNLICENSED',
    '(MIT',
    'MIT)',
    'LicenseRef-',
    'LicenseRef-a b',
    'MIT\nOR Apache-2.0',
    'MIT\0',
    'NOASSERTION OR MIT',
    `${'('.repeat(100_000)}MIT`,
  ])('%j is USAGE', (expression) => {
    expect(() => parseLicense(expression)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.any(String) }),
    );
  });

  it('shows a hostile one escaped', () => expect(() => parseLicense('\u001b[2J')).toThrow('"\\u{1b}[2J"'));
});

describe('licenseFacts', () => {
  const files = (...paths: string[]) => paths.map((path) => ({ path }) as ManifestFile);
  const evidencePaths = (...paths: string[]) => licenseFacts('MIT', files(...paths)).evidence.map((item) => item.path);

  it('declares what was declared and concludes nothing', () => {
    expect(licenseFacts('MIT', files('LICENSE'))).toEqual({
      declared: 'MIT',
      concluded: NOASSERTION,
      evidence: [{ path: 'LICENSE', id: NOASSERTION, exact: false }],
    });
  });

  it('finds license texts, in the order of the files', () => {
    const paths = [
      'COPYING',
      'LICENCE.md',
      'LICENSE',
      'LICENSE-MIT',
      'NOTICE.txt',
      'USE_POLICY.md',
      'sub/license.txt',
      'sub/deep/Copying',
    ];
    expect(evidencePaths(...paths)).toEqual(paths);
  });

  it('takes nothing else for one', () => {
    expect(
      evidencePaths('README.md', 'unlicensed', 'licenses.json', 'license/model.bin', 'my-LICENSE', 'noticeable'),
    ).toEqual([]);
  });
});
