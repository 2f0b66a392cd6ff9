#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
pom=$(dirname "$0")/pom.xml
maven_jars pulsar "$pom"
sed -n 's/.*<pulsar.version>\(.*\)<.*/\1/p' "$pom"
