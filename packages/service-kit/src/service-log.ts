import { type Logger, pino } from 'pino';

/** JSON lines for whoever runs a service; one a step of a journey. */
export type ServiceLog = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** Members that hold secrets are never written, wherever they come from. */
const SECRETS = [
  'authorization',
  'token',
  'passphrase',
  '*.authorization',
  '*.token',
  '*.passphrase',
  'headers.cookie',
];

/** Logs to stderr, synchronously: the last line before an end is the one that is needed. */
export function createServiceLog(service: string, level: 'info' | 'debug' | 'silent' = 'info'): ServiceLog {
  return pino(
    {
      level,
      base: { service },
      redact: { paths: SECRETS, censor: 'redacted' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
