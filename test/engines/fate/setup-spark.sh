#!/bin/sh
# What FATE needs beside its packages where Spark computes and HDFS keeps the tables.
#
# - pyarrow, and Hadoop's C library that it calls. No archive of Hadoop is in a package, but the source of that library is.
# - Spark 3.1, whose way to pickle functions knows no Python after 3.9: here it is the one that FATE's packages bring.
. "$(dirname "$0")/../support/setup.sh"
made=$cache/fate-spark python=$cache/fate-python/bin/python spark=$cache/spark-3.1

pip() { # command package [argument...]
  command=$1 package=$2
  shift 2
  "$python" -m pip --quiet --disable-pip-version-check "$command" --no-cache-dir --no-deps "$@" "$package"
}

install() {
  rm -rf "$made"
  mkdir -p "$made/libhdfs" "$made/spark/python/lib"
  pip install pyarrow==15.0.2 --target "$made/python"
  compile_libhdfs
  for it in bin conf jars java; do ln -s "$spark/$it" "$made/spark/$it"; done
  cp "$spark"/python/lib/py4j-*-src.zip "$made/spark/python/lib"
  replace_cloudpickle
}

compile_libhdfs() {
  cd "$made/libhdfs"
  echo 'setuptools<70' >constraints # for its own set-up
  PIP_CONSTRAINT=constraints pip download pydoop==2.0.0 --no-binary pydoop
  tar --extract --no-same-owner --file pydoop-2.0.0.tar.gz --strip-components 3 pydoop-2.0.0/src/libhdfs
  java=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
  gcc -O1 -shared -fPIC -o "$made/libhdfs.so" -I. -Iinclude -Ios -Ios/posix "-I$java/include" "-I$java/include/linux" \
    ./*.c common/*.c os/posix/*.c "-L$spark/java/lib/server" -ljvm
  cd - >/dev/null
  rm -r "$made/libhdfs"
}

replace_cloudpickle() {
  "$python" - "$spark/python/lib/pyspark.zip" "$made/spark/python/lib/pyspark.zip" <<'END'
import sys, zipfile
own = 'pyspark/cloudpickle/'
with zipfile.ZipFile(sys.argv[1]) as jar, zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as changed:
    for entry in jar.infolist():
        if not entry.filename.startswith(own):
            changed.writestr(entry, jar.read(entry))
    changed.writestr(own + '__init__.py', 'from cloudpickle import *\nfrom cloudpickle.cloudpickle_fast import CloudPickler, dump, dumps\n')
END
}

grep -q '^refused' "$cache/fate.status" && refuse 'FATE cannot be had'
grep -q '^refused' "$cache/spark-3.1.status" && refuse 'Spark 3.1 cannot be had'
java_17
command -v gcc >/dev/null || refuse 'no C compiler here'
once fate-spark "$cache/fate.state" "$cache/spark-3.1.state" -- install
echo 'pyarrow 15.0.2'
