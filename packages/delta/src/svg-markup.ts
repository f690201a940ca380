import { showText } from '@weighbridge/core/show-text';

/** An attribute's value: a number is written with at most two decimals. */
export type SvgAttributes = Readonly<Record<string, string | number>>;

/** An element of SVG. Attributes are ours and need no escaping; `content` is markup. */
export function element(name: string, attributes: SvgAttributes, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`;
}

/** A text at a place; `text` is anybody's. */
export function label(text: string, x: number, y: number, attributes: SvgAttributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeXml(text));
}

/** Anybody's text as the content of an element: nothing of it is markup or moves a cursor. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A name in at most so many characters, cut near its beginning: its end tells more than what all names share. */
export function shortName(name: string, most: number): string {
  const characters = [...showText(name, 65_536)];
  if (characters.length <= most) return characters.join('');
  const head = Math.floor((most - 1) / 6);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (most - 1 - head)).join('')}`;
}

/** Bytes for people, in decimal units. */
export function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** A share from 0 to 1 for people; what is neither 0 nor 1 is never shown as 0 % or 100 %. */
export function showShare(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  if (share < 1 && share > 0.999) return 'more than 99.9 %';
  return `${Number((share * 100).toFixed(1))} %`;
}

function attribute(value: string | number): string {
  return typeof value === 'number' ? String(Number(value.toFixed(2))) : value;
}
