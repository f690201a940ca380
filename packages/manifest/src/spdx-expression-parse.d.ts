declare module 'spdx-expression-parse' {
  /** Throws for anything that is no SPDX license expression. */
  export default function parse(expression: string): unknown;
}
