import type { Cell, Tone } from '../command/result.ts';
import { showText } from './show-text.ts';

/** A cell's text, safe for a terminal, and its tone. */
export function readCell(cell: Cell): { readonly text: string; readonly tone: Tone | undefined } {
  if (cell === undefined || cell === null) return { text: '', tone: undefined };
  if (typeof cell === 'object') return { text: showText(cell.text), tone: cell.tone };
  return { text: showText(String(cell)), tone: undefined };
}
