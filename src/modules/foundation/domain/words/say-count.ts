/** A number with what it counts: "1 job", "2 jobs". @param many where an s at the end does not make the plural */
export function sayCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
