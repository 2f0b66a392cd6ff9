#!/bin/bash
# Stands in for the entry points of the images `hadoop-namenode` and `hadoop-datanode`, and does what those of big-data-europe's
# images do: variables become settings, Hadoop is told of a network of several addresses, SERVICE_PRECONDITION is waited for,
# and an empty directory of names is formatted. It knows nothing of YARN, and Hadoop runs without its native code.
#
# usage: entrypoint.sh namenode|datanode
#
# environment, beside the settings:
#   MULTIHOMED_NETWORK   1 if it has several addresses [1]
set -eu
configuration=/etc/hadoop servers=org.apache.hadoop.hdfs.server
java=(java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$configuration:/opt/hadoop/lib:/opt/hadoop/lib/*")

set_property() { # file name value
  sed -i "s|</configuration>|<property><name>$2</name><value>$3</value></property>\n&|" "$configuration/$1" ||
    echo "$1 is mounted, and stays without $2"
}

# `_` stands for a dot, `__` for `_` and `___` for a hyphen.
set_properties() { # file prefix
  env | sed -n "s/^$2_//p" | while IFS='=' read -r name value; do
    set_property "$1" "$(sed 's/___/-/g; s/__/@/g; s/_/./g; s/@/_/g' <<<"$name")" "$value"
  done
}

export CORE_CONF_fs_defaultFS=${CORE_CONF_fs_defaultFS-hdfs://$(hostname):8020}
set_properties core-site.xml CORE_CONF
set_properties hdfs-site.xml HDFS_CONF
if [ "${MULTIHOMED_NETWORK-1}" = 1 ]; then
  for server in rpc servicerpc http https; do set_property hdfs-site.xml "dfs.namenode.$server-bind-host" 0.0.0.0; done
  set_property hdfs-site.xml dfs.client.use.datanode.hostname true
  set_property hdfs-site.xml dfs.datanode.use.datanode.hostname true
fi

first=${SERVICE_PRECONDITION-}
until [ -z "$first" ] || : 2>/dev/null <"/dev/tcp/${first/:/\/}"; do sleep 1; done

case $1 in
namenode)
  [ -n "$(ls -A /hadoop/dfs/name)" ] || "${java[@]}" "$servers.namenode.NameNode" -format -nonInteractive "$CLUSTER_NAME"
  exec "${java[@]}" "$servers.namenode.NameNode"
  ;;
datanode) exec "${java[@]}" "$servers.datanode.DataNode" ;;
hdfs) exec "${java[@]}" "$servers.namenode.NameNode" "${@:3}" ;; # hdfs namenode -<option>
esac
