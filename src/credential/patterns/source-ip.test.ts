import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { findPrivateSourceIps, parseSourceIps } from './source-ip.ts';

describe('parseSourceIps', () => {
  it('accepts addresses and networks of both versions', () => {
    const written = ['203.0.113.0/24', '2001:DB8::/32', '192.0.2.1', '192.0.2.1', '::1', '10.0.0.0/8', '192.0.2.1/32'];
    expect(parseSourceIps(written)).toEqual([
      '10.0.0.0/8',
      '192.0.2.1',
      '192.0.2.1/32',
      '2001:db8::/32',
      '203.0.113.0/24',
      '::1',
    ]);
  });

  it.each<[unknown, RegExp]>([
    [7, /7 is not text/],
    ['', /neither an IP address nor a network/],
    ['office', /neither/],
    ['300.1.1.1', /neither/],
    ['010.0.0.1', /neither/],
    [' 192.0.2.1', /neither/],
    ['192.0.2.1/24/8', /neither/],
    ['fe80::1%eth0', /neither/],
    ['192.0.2.0/33', /prefix length that is not 1 to 32/],
    ['192.0.2.0/', /prefix length/],
    ['192.0.2.0/08', /prefix length/],
    ['2001:db8::/129', /prefix length that is not 1 to 128/],
    ['0.0.0.0/0', /allows every address/],
    ['::/0', /allows every address/],
    ['::ffff:0.0.0.0/96', /allows every address/],
    ['::ffff:0.0.0.0/80', /holds IPv4 addresses in IPv6 notation and more/],
  ])('refuses %j', (written, reason) => {
    expect(() => parseSourceIps(['192.0.2.1', written])).toThrowError(
      expect.objectContaining({ code: 'InvalidSourceIp', message: expect.stringMatching(reason) }),
    );
    expect(() => parseSourceIps([written])).toThrow(/^allowed_source_ips: /);
  });

  it('refuses an empty list, which would block every client', () => {
    expect(() => parseSourceIps([])).toThrow(/allowed_source_ips: the list is empty.*remove the attribute/);
  });

  it.each([
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.1/128', '192.0.2.1/32'],
    ['::192.0.2.1', '::192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::192.0.2.1'],
  ])('writes %s as %s: AWS sees an IPv4 client as IPv4', (written, text) => {
    expect(parseSourceIps([written])).toEqual([text]);
  });

  it.each([
    [['0.0.0.0/1', '128.0.0.0/1'], 4],
    [['128.0.0.0/1', '192.0.2.1', '0.0.0.0/2', '64.0.0.0/2'], 4],
    [['::ffff:0.0.0.0/97', '128.0.0.0/1'], 4],
    [['10.1.2.3/1', '200.0.0.0/1'], 4],
    [['::/1', '8000::/1'], 6],
    [['::/1', '8000::/1', '192.0.2.1'], 6],
  ])('refuses %j, which together allow every address', (written, version) => {
    expect(() => parseSourceIps(written)).toThrowError(
      expect.objectContaining({
        code: 'InvalidSourceIp',
        message: expect.stringContaining(`every IPv${version} address`),
      }),
    );
  });

  it.each([[['0.0.0.0/1', '128.0.0.0/2']], [['0.0.0.0/2', '128.0.0.0/1']], [['::/1', '0.0.0.0/1']]])(
    'takes %j, which leaves some out',
    (written) => {
      expect(parseSourceIps(written)).toHaveLength(2);
    },
  );

  it('treats every notation of an IPv6 address the same', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((value) => value.toString(16)).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        const isPrivate = (text: string) => findPrivateSourceIps(parseSourceIps([text])).length;
        expect(isPrivate(short)).toBe(isPrivate(long));
      }),
    );
  });
});

describe('a private network', () => {
  it('is never the address that AWS sees', () => {
    const privates = [
      '10.20.0.0/16',
      '127.0.0.1',
      '172.31.0.0/16',
      '192.168.1.0/24',
      '100.64.0.0/10',
      '::1',
      'fd00::/8',
    ];
    const others = ['9.255.255.255', '172.32.0.0/16', '192.0.0.0/8', '203.0.113.7', '2001:db8::/32', '8.0.0.0/5'];
    expect(findPrivateSourceIps([...privates, ...others])).toEqual(privates);
  });

  it('is reported on the record, which still works', async () => {
    const { cloud, deps } = createFakeReconciling();
    const record = { status: 'pending', allowed_from_addresses: ['jane@example.com'] };
    cloud.items.set('jane', { ...record, allowed_source_ips: ['192.168.1.0/24', '203.0.113.7'] });
    await reconcile({ username: 'jane', correlationId: 'a' }, deps.reconcileDeps);
    const text = expect.stringMatching(/^allowed_source_ips: .*192\.168\.1\.0\/24, which/);
    const warning = [{ code: 'PrivateSourceIp', text }];
    expect(cloud.items.get('jane')).toMatchObject({ status: 'active', warning });
    cloud.items.set('jane', { ...cloud.items.get('jane'), allowed_source_ips: ['203.0.113.7'] });
    await reconcile({ username: 'jane', correlationId: 'b' }, deps.reconcileDeps);
    expect(cloud.items.get('jane')).not.toHaveProperty('warning');
  });

  it('fails the record if there is no other entry, because no mail could be sent', async () => {
    const { cloud, deps } = createFakeReconciling();
    const record = { status: 'pending', allowed_from_addresses: ['jane@example.com'] };
    cloud.items.set('jane', { ...record, allowed_source_ips: ['10.20.0.0/16', '192.168.1.7'] });
    await reconcile({ username: 'jane', correlationId: 'a' }, deps.reconcileDeps);
    const failure = { code: 'PrivateSourceIp', message: expect.stringContaining('10.20.0.0/16, 192.168.1.7') };
    expect(cloud.items.get('jane')).toMatchObject({ status: 'failed', failure });
    expect(cloud.users.size).toBe(0);
  });
});
