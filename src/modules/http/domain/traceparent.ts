/** The W3C Trace Context header; invariant: neither of its ids is all zeros, which receivers throw away. */
const TRACE_ID_BYTES = 16;
const PARENT_ID_BYTES = 8;
export const TRACEPARENT_BYTES = TRACE_ID_BYTES + PARENT_ID_BYTES;

/**
 * `00-<trace id>-<parent id>-01` (W3C Trace Context, 3.2): version 00, sampled, so that a receiver may record it.
 * @param random TRACEPARENT_BYTES random bytes
 */
export function formatTraceparent(random: Uint8Array): string {
  const traceId = hexId(random.subarray(0, TRACE_ID_BYTES));
  const parentId = hexId(random.subarray(TRACE_ID_BYTES, TRACEPARENT_BYTES));
  return `00-${traceId}-${parentId}-01`;
}

function hexId(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return /[^0]/.test(hex) ? hex : hex.replace(/0$/, '1');
}
