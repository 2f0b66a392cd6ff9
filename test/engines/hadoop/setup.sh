#!/bin/sh
# usage: setup.sh release
. "$(dirname "$0")/../support/setup.sh"
pom=$(dirname "$0")/$1/pom.xml
name=hadoop-$1

# Hadoop serves pages from a directory; the suite reads the names of all settings in the files of their defaults.
beside_the_jars() {
  maven unpack-dependencies "$pom" -DincludeGroupIds=org.apache.hadoop '-Dmdep.unpack.includes=webapps/**,*-default.xml' \
    -DoutputDirectory="$cache/$name/lib" -DmarkersDirectory="$cache/$name/markers"
}
maven_jars "$name" "$pom"
once "$name/lib" "$pom" -- beside_the_jars
sed -n 's/.*<hadoop.version>\(.*\)<.*/\1/p' "$pom"
