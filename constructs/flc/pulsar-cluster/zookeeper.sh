#!/bin/sh
# Starts the ZooKeeper that the number of this pod makes it: the first pod is server 1.
set -eu
pod=$(uname -n)
mkdir -p data/zookeeper
echo $((${pod##*-} + 1)) >data/zookeeper/myid
exec bin/pulsar zookeeper
