/** The servers behind the proxy: each keeps one kind of thing. */
export const STORES = ['account', 'container', 'object'] as const;

export interface SwiftSettings {
	folder: string;
	/** whose files they are: as root, Swift becomes another user otherwise */
	user: string;
	/** of the proxy */
	port: number;
	/** of memcached: without one, nobody is let in */
	cachePort: number;
	/** "<account>:<user>" */
	accessKeyId: string;
	secretAccessKey: string;
	region: string;
}

/** Without a salt of its own an installation does not start. */
export const SWIFT_CONF = `[swift-hash]
swift_hash_path_suffix = test
swift_hash_path_prefix = test
[storage-policy:0]
name = only
default = yes
`;

/** https://docs.openstack.org/swift/latest/admin/middleware.html#module-swift.common.middleware.s3api.s3api */
export function proxyConf(settings: SwiftSettings): string {
	const { folder, user, port, cachePort, accessKeyId, secretAccessKey, region } = settings;
	return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${user}
swift_dir = ${folder}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cachePort}
[filter:tempauth]
use = egg:swift#tempauth
user_${accessKeyId.replace(':', '_')} = ${secretAccessKey} .admin
[filter:s3api]
use = egg:swift#s3api
location = ${region}
storage_domain = s3.localhost
# Pages are shorter than they are asked for, as any server may make them.
max_bucket_listing = 100
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
${['catch_errors', 'gatekeeper', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo', 'symlink']
	.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`)
	.join('')}`;
}

export const storeConf = (
	store: (typeof STORES)[number],
	port: number,
	{ folder, user }: Pick<SwiftSettings, 'folder' | 'user'>,
): string => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${user}
swift_dir = ${folder}
devices = ${folder}
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = ${store}-server
[app:${store}-server]
use = egg:swift#${store}
`;

/**
 * Writes the rings of an installation with one device and one copy of everything. With the tool for
 * it (swift-ring-builder) that takes nine starts of Python.
 * Arguments: the folder, then store and port by turns.
 */
export const MAKE_RINGS = `
import sys
from swift.common.ring import RingBuilder
folder, *rest = sys.argv[1:]
for store, port in zip(rest[::2], rest[1::2]):
    ring = RingBuilder(4, 1, 1)
    ring.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': int(port),
                  'device': 'disk', 'replication_ip': '127.0.0.1', 'replication_port': int(port)})
    ring.rebalance()
    ring.get_ring().save('%s/%s.ring.gz' % (folder, store))
`;
