/** Waits for what another process does and has no way to signal. Asks again until it holds; the last answer explains a failure. */

/** @throws what the last attempt threw, once `withinMs` have passed */
export async function eventually<T>(attempt: () => Promise<T>, withinMs = 15_000): Promise<T> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
