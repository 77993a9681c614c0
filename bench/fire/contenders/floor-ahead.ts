/** The floor, with claims that are taken up to a second before they are due, as Carillon takes those of a herd. */
import type { Contender } from '../contender.ts';
import { floorClaiming } from './floor.ts';

const AHEAD_MS = 1_000;

export const contender: Contender = floorClaiming(AHEAD_MS);
