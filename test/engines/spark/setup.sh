#!/bin/sh
# Spark as its archive for Hadoop 2.7 has it, made of the package of PySpark, which holds the same jars.
. "$(dirname "$0")/../support/setup.sh"
version=2.4.1

# The newest Python that PySpark 2.4 runs on is 3.7.
find_python() {
  for it in 3.7 3.6; do
    for python in "python$it" "$(pyenv prefix "$it" 2>/dev/null)/bin/python$it"; do
      "$python" -c 'import sys; print(sys.executable)' 2>/dev/null && return
    done
  done
  refuse 'no Python 3.7 or 3.6 here'
}

fetch() {
  spark=$cache/spark sources=$cache/spark.sources
  rm -rf "$spark" "$sources"
  mkdir "$sources"
  # Its own set-up takes any pypandoc, and breaks with the newer ones.
  echo 'pypandoc<1.8' >"$sources/constraints"
  PIP_CONSTRAINT=$sources/constraints "$1" -m pip --quiet --disable-pip-version-check download --no-cache-dir --no-deps --no-binary pyspark \
    --dest "$sources" "pyspark==$version"
  tar --extract --no-same-owner --file "$sources/pyspark-$version.tar.gz" --directory "$sources" --strip-components 1
  mv "$sources/deps" "$spark"
  mkdir "$spark/conf" "$spark/python" "$spark/python/bin"
  mv "$sources/pyspark" "$sources/lib" "$spark/python"
  ln -s "$1" "$spark/python/bin/python"
  read_newer_classes "$1" "$spark/jars/xbean-asm6-shaded-4.8.jar"
  rm -rf "$sources"
}

# Spark 2.4 reads the classes of its jobs, and up to those of Java 10 only, the last whose files its reader accepts. One number
# is changed: the highest version it accepts becomes that of Java 17.
read_newer_classes() { # python jar
  "$1" - "$2" <<'END'
import os, sys, zipfile
path = sys.argv[1]
compare = b'\x10%c\xa4' # bipush version, if_icmple
with zipfile.ZipFile(path) as jar, zipfile.ZipFile(path + '.new', 'w', zipfile.ZIP_DEFLATED) as changed:
    for entry in jar.infolist():
        content = jar.read(entry)
        if entry.filename == 'org/apache/xbean/asm6/ClassReader.class':
            assert content.count(compare % 54) == 1
            content = content.replace(compare % 54, compare % 61)
        changed.writestr(entry, content)
os.replace(path + '.new', path)
END
}

java_17
debian_tools
python=$(find_python) || refuse "$python"
once spark -- fetch "$python"
echo "$version"
