import { describe, expect, it } from 'vitest';
import { LateClaim } from '../../../../../src/modules/foundation/application/late-claim.ts';

function setUp() {
  let now = 1_000_000;
  const lease = { renewals: 40 };
  const claim = new LateClaim({ lease, clock: { now: () => 0, monotonicMs: () => now } });
  return { lease, claim, pass: (ms: number) => (now += ms) };
}

describe('LateClaim', () => {
  it('is settled 20 s after it is known that the lease was renewed twice since', () => {
    const { lease, claim, pass } = setUp();
    lease.renewals = 42;
    expect(claim.isSettled()).toBe(false);
    pass(19_999);
    expect(claim.isSettled()).toBe(false);
    pass(1);
    expect(claim.isSettled()).toBe(true);
  });

  it.each([40, 41])('is never settled while the lease has been renewed %i times', (renewals) => {
    const { lease, claim, pass } = setUp();
    lease.renewals = renewals;
    expect(claim.isSettled()).toBe(false);
    pass(86_400_000);
    expect(claim.isSettled()).toBe(false);
  });

  it('the time runs from when that is first seen, and not again from a later renewal', () => {
    const { lease, claim, pass } = setUp();
    pass(60_000);
    lease.renewals = 42;
    claim.isSettled();
    pass(10_000);
    lease.renewals = 45;
    expect(claim.isSettled()).toBe(false);
    pass(10_000);
    expect(claim.isSettled()).toBe(true);
  });

  it('a count that began anew refuses nothing any more: it is settled as well', () => {
    const { lease, claim, pass } = setUp();
    lease.renewals = 1;
    expect(claim.isSettled()).toBe(false);
    pass(20_000);
    expect(claim.isSettled()).toBe(true);
  });
});
