export interface ClusterSettings {
	folder: string;
	clusterId: string;
	/** Of the monitor, as in "[v2:127.0.0.1:3300,v1:127.0.0.1:6789]". */
	monitor: string;
	/** Of the gateway. */
	port: number;
	store: 'memstore' | 'bluestore';
	/** Capacity in bytes. */
	bytes: number;
	/** Answers as an STS too, and knows the keys that it issues. */
	sts: boolean;
}

/**
 * ceph.conf of a cluster of one: one monitor, one store, one copy of everything, no manager.
 * https://docs.ceph.com/en/pacific/radosgw/config-ref/
 */
export function cephConfiguration(settings: ClusterSettings): string {
	const { folder, clusterId, monitor, port, store, bytes, sts } = settings;
	return `[global]
fsid = ${clusterId}
mon host = ${monitor}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
# With authentication off, radosgw hangs for minutes before it starts.
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = ${folder}/keyring
# The gateway creates its pools one by one, and each waits for the monitor to agree with itself:
# with the default pause of a second the start takes 10 s instead of 2 s.
paxos propose interval = 0.02
paxos min wait = 0.01
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data avail warn = 2
osd objectstore = ${store}
memstore device bytes = ${bytes}
bluestore block size = ${bytes}
osd memory target = 939524096
mon data = ${folder}/mon
osd data = ${folder}/osd
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
heartbeat file = ${folder}/run/$name.hb
log file = ${folder}/log/$name.log
log max recent = 0

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw data = ${folder}/rgw
rgw dns name = s3.localhost
rgw enable usage log = false
rgw sts key = abcdefghijklmnop
rgw s3 auth use sts = ${sts}
rgw lc debug interval = 10
# Deleted objects are collected within seconds: until then they fill the store.
rgw gc obj min wait = 1
rgw gc processor period = 5
rgw gc processor max time = 5
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = testkey-1=YmluCmJvb3N0CmJvb3N0LWJ1aWxkCmNlcGguY29uZgo=
`;
}
