#!/bin/bash
# Ends when there is what bookies and brokers find in ZooKeeper. The first bookie makes it: two at once would spoil it. What is
# there stays, so it may run again. A bookie that has begun before needs nothing, and waits for nobody.
#
# environment:
#   CLUSTER              Pulsar's name for the cluster
#   ZOOKEEPERS           host:port,...
#   BOOKIE               host/port of any bookie
#   WEB_SERVICE_URL      of the brokers
#   BROKER_SERVICE_URL   of the brokers
set -eu
[ ! -e data/bookkeeper/ledgers/current/VERSION ] || exit 0
case $(uname -n) in
*-0)
  exec bin/pulsar initialize-cluster-metadata --cluster "$CLUSTER" --zookeeper "$ZOOKEEPERS" \
    --configuration-store "$ZOOKEEPERS" --web-service-url "$WEB_SERVICE_URL" --broker-service-url "$BROKER_SERVICE_URL" \
    --initial-num-stream-storage-containers 0
  ;;
esac
until (exec 3<>"/dev/tcp/$BOOKIE") 2>/dev/null; do sleep 2; done
