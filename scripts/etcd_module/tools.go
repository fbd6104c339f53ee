//go:build tools

// Package etcd names the programs that scripts/etcd builds, so that go.mod and go.sum cover them.
package etcd

import (
	_ "go.etcd.io/etcd/etcdctl/v3"
	_ "go.etcd.io/etcd/server/v3"
)
