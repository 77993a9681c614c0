/** The `Link` of a list: the same question, from where this page ends. */
export function nextPageLink(url: string, nextCursor: string | null): Record<string, string> {
  if (nextCursor === null) return {};
  const { pathname, searchParams } = new URL(url);
  searchParams.set('cursor', nextCursor);
  return { link: `<${pathname}?${searchParams.toString()}>; rel="next"` };
}
