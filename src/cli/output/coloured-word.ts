/** A word of the API in its colour. One that only a newer service knows has none. */
import { styleText } from 'node:util';
import { oneLine } from './one-line.ts';

type Colour = Extract<Parameters<typeof styleText>[0], string>;

/** @param text what is shown in its place */
export function colouredWord(colours: Readonly<Record<string, Colour>>, word: string, text = word): string {
  return Object.hasOwn(colours, word) ? styleText(colours[word]!, oneLine(text)) : oneLine(text);
}
