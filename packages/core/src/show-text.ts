const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\\]/gu;

/**
 * Hostile text as it is shown to people: control, format and unassigned characters escaped, so that it cannot
 * move the cursor or turn the line around, and cut where it is longer than anybody reads.
 * @param most UTF-16 code units that are shown
 */
export function showText(text: string, most = 200): string {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return shown.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return character === '\\' ? '\\\\' : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
