import { EXIT_CODES, type Outcome } from '@weighbridge/core/outcome';
import { LATER_VARIABLES, VARIABLES } from './settings.js';

const MEANINGS: Readonly<Record<Outcome, string>> = {
  OK: 'done',
  INTERNAL: 'a fault of weighbridge itself',
  USAGE: 'bad arguments or configuration',
  TAMPERED: 'bytes, file set or digest differ from the record',
  ROLLBACK: 'older than the device has accepted, or below minAllowed',
  STALE: 'the proof is older than its max age',
  REVOKED: 'the release was revoked',
  UNTRUSTED: 'signature, threshold, checkpoint, chain, contract or code hash not trusted',
  WRONG_ARTIFACT: 'valid, but for another model, base or device',
  NOT_APPROVED: 'registered, but approvals are missing',
  LICENSE_REFUSED: 'the license gate says no',
  MALFORMED: 'input that cannot be parsed strictly',
  UNSAFE_MODEL: 'a format that runs code or reaches outside the release',
  LIMIT: 'over a size, count, depth, time or budget limit',
  UNVERIFIABLE: 'nothing to verify against: fails closed',
  IO: 'disk full, read error',
  BUSY: 'another process holds it',
};

export const EXIT_CODE_HELP = `Exit codes, and \`outcome\` in the JSON object:

${(Object.keys(EXIT_CODES) as Outcome[]).map((outcome) => `  ${String(EXIT_CODES[outcome]).padStart(3)}  ${outcome.padEnd(16)}${MEANINGS[outcome]}`).join('\n')}
  130  (none)          ended by SIGINT; 143 by SIGTERM
`;

export const ENVIRONMENT_HELP = `Environment variables; a mistyped WEIGHBRIDGE_ name is refused:

${Object.entries(VARIABLES)
  .map(([name, about]) => `  ${name}\n      ${about}`)
  .join('\n')}
  NO_COLOR
      no colors, as with --no-color

Of a later version, and refused until then:

  ${LATER_VARIABLES.join('\n  ')}
`;
