#!/bin/sh
# In the place of Spark's own `spark-submit`, as FATE Flow calls it: with options as `--name=value`. FATE Flow counts the cores
# of a job, executors × their cores, and starts the next one on what is left in its books. Standalone Spark gives an
# application all cores of all workers, and waits where executors of that many cores fit on no worker. Here an application
# gets as many cores as FATE Flow counted, on whichever workers they are free, in one executor on each.
set -eu
: "${SPARK_HOME:?}" "${SPARK_WORKERS:?}" "${SPARK_WORKER_MEMORY:?}"

least() { echo $(($1 < $2 ? $1 : $2)); }

# "2g" and "2048m" in MiB; nothing for what only Spark can judge.
mebibytes() {
  number=${1%[gGmM]}
  case $number in
  '' | *[!0-9]*) return ;;
  esac
  case $1 in
  *[gG]) echo $((number * 1024)) ;;
  *) echo "$number" ;;
  esac
}

executors='' cores='' asked=''
for option; do
  case $option in
  --num-executors=*) executors=${option#*=} ;;
  --executor-cores=*) cores=${option#*=} ;;
  --executor-memory=*) asked=$(mebibytes "${option#*=}") ;;
  esac
done

if [ -n "$executors" ] && [ -n "$cores" ]; then
  for option; do
    shift
    case $option in
    --executor-cores=* | --total-executor-cores=*) continue ;;
    --executor-memory=*) [ -z "$asked" ] || continue ;;
    esac
    set -- "$@" "$option"
  done
  set -- "--total-executor-cores=$((executors * cores))" "$@"
  if [ -n "$asked" ]; then
    # Fewer executors have the same memory together, as far as a worker has it.
    each=$((asked * executors / $(least "$executors" "$SPARK_WORKERS")))
    set -- "--executor-memory=$(least "$each" "${SPARK_WORKER_MEMORY%m}")m" "$@"
  fi
fi

# The rest is what Spark's own does.
export PYTHONHASHSEED=0
exec "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.SparkSubmit "$@"
