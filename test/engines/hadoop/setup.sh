#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
pom=$(dirname "$0")/pom.xml

# Hadoop serves pages from a directory; the suite reads the names of all settings in the files of their defaults.
beside_the_jars() {
  maven unpack-dependencies "$pom" -DincludeGroupIds=org.apache.hadoop '-Dmdep.unpack.includes=webapps/**,*-default.xml' \
    -DoutputDirectory="$cache/hadoop/lib" -DmarkersDirectory="$cache/hadoop/markers"
}
maven_jars hadoop "$pom"
once hadoop/lib "$pom" -- beside_the_jars
sed -n 's/.*<hadoop.version>\(.*\)<.*/\1/p' "$pom"
