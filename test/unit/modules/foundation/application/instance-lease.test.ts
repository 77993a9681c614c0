import { describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../../../../src/modules/foundation/application/instance-lease.ts';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

function setUp() {
  const store = newStore();
  const { wired, link } = createEngine({ store });
  const told: string[] = [];
  wired.lease.onDoubt(() => told.push('doubted'));
  wired.lease.onRegained(() => told.push('regained'));
  return { store, lease: wired.lease, databaseTime: wired.time, link, time: store.time, told };
}

describe('InstanceLease', () => {
  it('is held from its renewal until a second before it ends', async () => {
    const { lease, time } = setUp();
    expect(lease.isHeld).toBe(false);
    await lease.renew();
    expect(lease.isHeld).toBe(true);
    await time.advance(LEASE_MS - 1_001);
    expect(lease.isHeld).toBe(true);
    await time.advance(1);
    expect(lease.isHeld).toBe(false);
  });

  it('its term outlasts renewals and doubt, ends with the lease, and is another after that', async () => {
    const { lease, time } = setUp();
    expect(lease.term).toBeNull();
    await lease.renew();
    const first = lease.term;
    await time.advance(5_000);
    await lease.renew();
    lease.doubt();
    expect(lease.term).toBe(first);
    await time.advance(LEASE_MS);
    expect(lease.term).toBeNull();
    await lease.renew();
    expect(lease.term).not.toBe(first);
    expect(lease.term).not.toBeNull();
  });

  it('was alone once it has been so for about a beat, and no more when another shows itself', async () => {
    const { store, lease, time } = setUp();
    const { lease: other } = createEngine({ store }).wired;
    const seen: boolean[] = [];
    const renew = async () => {
      await lease.renew();
      seen.push(lease.wasAlone);
      await time.advance(5_000);
    };
    await renew();
    await renew();
    await other.renew();
    await renew();
    await other.release();
    await renew();
    await renew();
    expect(seen).toEqual([false, true, false, false, true]);
  });

  it('was not alone where another has only lost its lease, unless it does not come back for a minute', async () => {
    const { store, lease, time } = setUp();
    const { lease: other } = createEngine({ store }).wired;
    await other.renew();
    await time.advance(LEASE_MS + 1);
    const seen: [number, boolean][] = [];
    for (let second = 0; second <= 70; second += 5) {
      await lease.renew();
      seen.push([second, lease.wasAlone]);
      await time.advance(5_000);
    }
    expect(seen.filter(([, wasAlone]) => wasAlone).map(([second]) => second)).toEqual([65, 70]);
  });

  it('is not held while suspended, whatever is renewed, and tells of both ends', async () => {
    const { lease, store, told } = setUp();
    lease.onSuspended(() => told.push('suspended'));
    await lease.renew();
    lease.suspend();
    lease.suspend();
    expect([lease.isHeld, lease.suspendedSince]).toEqual([false, store.now()]);
    await lease.renew();
    expect(lease.isHeld).toBe(false);
    lease.resume();
    lease.resume();
    expect([lease.isHeld, lease.isSuspended]).toEqual([true, false]);
    expect(told).toEqual(['regained', 'suspended', 'regained']);
  });

  it('counts from when it asked, not from when it was answered', async () => {
    const { lease, link, time } = setUp();
    link.latencyMs = 4_000;
    const renewed = lease.renew();
    await time.advance(4_000);
    await renewed;
    await time.advance(LEASE_MS - 1_000 - 4_001);
    expect(lease.isHeld).toBe(true);
    await time.advance(1);
    expect(lease.isHeld).toBe(false);
  });

  it('a renewal that fails leaves it as it was promised', async () => {
    const { lease, link, time } = setUp();
    await lease.renew();
    await time.advance(5_000);
    link.failNext('instances.renew', new DatabaseUnavailableError('away'));
    await expect(lease.renew()).rejects.toThrow('away');
    expect(lease.isHeld).toBe(true);
    await time.advance(LEASE_MS - 5_000);
    expect(lease.isHeld).toBe(false);
  });

  it('takes no notice of a wall clock that is stepped', async () => {
    const { lease, time } = setUp();
    await lease.renew();
    time.stepWallClock(7_200_000);
    expect(lease.isHeld).toBe(true);
    time.stepWallClock(-14_400_000);
    await time.advance(LEASE_MS);
    expect(lease.isHeld).toBe(false);
  });

  it('doubt() ends it until the next renewal, and says so once', async () => {
    const { lease, told } = setUp();
    await lease.renew();
    lease.doubt();
    lease.doubt();
    expect(lease.isHeld).toBe(false);
    await lease.renew();
    expect(lease.isHeld).toBe(true);
    expect(told).toEqual(['regained', 'doubted', 'regained']);
  });

  it('tells that it is regained only where it was not held', async () => {
    const { lease, told, time } = setUp();
    await lease.renew();
    await lease.renew();
    expect(told).toEqual(['regained']);
    await time.advance(LEASE_MS);
    await lease.renew();
    expect(told).toEqual(['regained', 'regained']);
  });

  it('learns the database’s time and who is alive', async () => {
    const { store, lease, databaseTime } = setUp();
    store.clockOffsetMs = 3_600_000;
    const other = createEngine({ store });
    await other.wired.lease.renew();
    await lease.renew();
    expect(databaseTime.now()).toBe(store.now());
    expect(lease.live.map(({ id }) => id).toSorted()).toEqual(
      [lease.instanceId, other.wired.lease.instanceId].toSorted(),
    );
  });

  it('release() gives it back at once, also where the database does not hear it', async () => {
    const { store, lease, link } = setUp();
    await lease.renew();
    link.failNext('instances.release', new DatabaseUnavailableError('away'));
    await expect(lease.release()).rejects.toThrow('away');
    expect(lease.isHeld).toBe(false);
    await lease.release();
    expect(store.instances.size).toBe(0);
  });
});
