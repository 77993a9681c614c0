/**
 * What a run says while it runs: how far it is, and log lines. Owns what is kept of them.
 *
 * Invariant: whatever a job hands in becomes something a database can hold, of a bounded size and without secrets, or
 * nothing; nothing throws.
 */
import { describeError } from './describe-error.ts';
import type { Json, JsonObject } from './json.ts';
import { maskSecrets } from './mask-secrets.ts';
import type { Progress, RunLogLevel } from './run.ts';
import { toJson } from './to-json.ts';
import { maskUrlSecrets } from './url-secrets.ts';
import { toWritableJson, toWritableText } from './writable-text.ts';

export const MAX_RUN_LINES = 1_000;
export const MAX_LINE_BYTES = 4 * 1024;
const MAX_PROGRESS_MESSAGE_BYTES = 1024;
/** So much of a line is left to its properties, however long the message. */
const PROPERTIES_ROOM_BYTES = 1024;

export interface RunLogLine {
  /** Counts from 1 in each run. */
  readonly line: number;
  readonly at: Date;
  readonly level: RunLogLevel;
  readonly message: string;
  /** Secrets are masked. */
  readonly properties: JsonObject;
}

/** Clamped to 0 … 1. @returns null for what is no number */
export function readProgress(fraction: unknown, message?: unknown): Progress | null {
  if (typeof fraction !== 'number' || Number.isNaN(fraction)) return null;
  const clamped = Math.min(1, Math.max(0, fraction));
  if (message === undefined || message === null) return { fraction: clamped };
  return { fraction: clamped, message: toWritableText(maskUrlSecrets(sayAsText(message)), MAX_PROGRESS_MESSAGE_BYTES) };
}

/** Message and properties of a line, `MAX_LINE_BYTES` together. */
export function readLine(message: unknown, properties: unknown): Pick<RunLogLine, 'message' | 'properties'> {
  const given = readProperties(properties);
  const givenText = JSON.stringify(given);
  const reserved = Math.min(byteLength(givenText), PROPERTIES_ROOM_BYTES);
  const text = toWritableText(maskUrlSecrets(sayAsText(message)), MAX_LINE_BYTES - reserved);
  const room = MAX_LINE_BYTES - byteLength(text);
  return { message: text, properties: byteLength(givenText) <= room ? given : { cut: cutToFit(givenText, room) } };
}

/** How much memory a line takes, about. */
export function lineBytes({ message, properties }: Pick<RunLogLine, 'message' | 'properties'>): number {
  return 2 * (message.length + JSON.stringify(properties).length) + 200;
}

/** As JSON, the text's quotes are written as two characters each. */
function cutToFit(text: string, room: number): string {
  const wrapping = '{"cut":""}'.length;
  let cut = toWritableText(text, Math.max(64, Math.floor((room - wrapping) / 2)));
  if (byteLength(JSON.stringify({ cut })) > room) cut = toWritableText(text, 64);
  return cut;
}

function sayAsText(value: unknown): string {
  if (typeof value === 'string') return value;
  const json = toJson(value);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function readProperties(given: unknown): JsonObject {
  if (given === undefined || given === null) return {};
  try {
    if (typeof given !== 'object') return { value: toWritableJson(toJson(given)) };
    const entries = Object.keys(given).map(
      (key) => [key, readProperty(given as Record<string, unknown>, key)] as const,
    );
    const present = entries.filter((entry) => entry[1] !== undefined) as (readonly [string, Json])[];
    return toWritableJson(maskSecrets(Object.fromEntries(present))) as JsonObject;
  } catch (error) {
    return { unreadable: toWritableText(describeError(error).message, 256) };
  }
}

function readProperty(of: Record<string, unknown>, key: string): Json | undefined {
  try {
    const value = of[key];
    return value === undefined ? undefined : toJson(value);
  } catch (error) {
    return describeError(error).message;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
