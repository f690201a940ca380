import { WeighbridgeError } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';
import parseExpression from 'spdx-expression-parse';
import type { LicenseEvidence, LicenseFacts, ManifestFile } from './manifest.js';

/** What stands for a license that nobody declared (SPDX). */
export const NOASSERTION = 'NOASSERTION';

/** Names under which projects keep their license texts, at the top of the folder or in any folder below. */
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice|use_policy|usage_policy)(?:[._-].*)?$/i;

/** @throws USAGE for an expression that SPDX cannot parse */
export function parseLicense(expression: string | undefined): string {
  if (expression === undefined || expression === NOASSERTION) return NOASSERTION;
  try {
    parseExpression(expression);
    return expression.trim();
  } catch (cause) {
    throw new WeighbridgeError('USAGE', `"${showText(expression)}" is no SPDX license expression`, {
      hint: 'use an id of spdx.org/licenses or LicenseRef-NAME, for example Apache-2.0, "MIT OR Apache-2.0", LicenseRef-Llama-3',
      cause,
    });
  }
}

/**
 * The declared license and where its texts lie; the texts are bound by their digests among the files.
 * No text is recognized here, hence no conclusion: `id` and `concluded` are NOASSERTION.
 */
export function licenseFacts(declared: string, files: readonly ManifestFile[]): LicenseFacts {
  const evidence: LicenseEvidence[] = files
    .filter((file) => LICENSE_FILE.test(file.path.slice(file.path.lastIndexOf('/') + 1)))
    .map((file) => ({ path: file.path, id: NOASSERTION, exact: false }));
  return { declared, concluded: NOASSERTION, evidence };
}
