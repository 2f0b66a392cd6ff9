#!/bin/sh
# usage: setup.sh release
. "$(dirname "$0")/../support/setup.sh"
pom=$(dirname "$0")/$1/pom.xml
maven_jars "pulsar-$1" "$pom"
sed -n 's/.*<pulsar.version>\(.*\)<.*/\1/p' "$pom"
