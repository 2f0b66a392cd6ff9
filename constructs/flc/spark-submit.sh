#!/bin/sh
# In the place of Spark's own `spark-submit`, as FATE Flow calls it: with options as `--name=value`. FATE Flow counts the cores
# of a job, executors × their cores, and starts the next one on what is left in its books. Standalone Spark gives an
# application all cores of all workers, and waits where executors of that many cores fit on no worker. Here an application
# gets as many cores as FATE Flow counted, on whichever workers they are free, in one executor on each.
set -eu
: "${SPARK_HOME:?}" "${SPARK_WORKERS:?}" "${SPARK_WORKER_CORES:?}" "${SPARK_WORKER_MEMORY:?}"

# Memory of each executor where "2g" or "2048MB" was asked for. Fewer executors have the same together, as far as it belongs
# to their cores: FATE Flow counts no memory, and with more of it a job would wait for another, or for ever. Nothing for what
# Spark itself refuses.
memory_of_each() {
  ASKED=$1 EXECUTORS=$executors TOTAL=$((executors * cores)) awk '
    function least(a, b) { return a < b ? a : b }
    BEGIN {
      power["b"] = -2; power["k"] = -1; power["g"] = 1; power["t"] = 2; power["p"] = 3
      asked = tolower(ENVIRON["ASKED"])
      gsub(/^ +| +$/, "", asked)
      if (asked !~ /^[0-9]+(b|[kmgtp]b?)?$/) exit
      unit = match(asked, /[a-z]/) ? substr(asked, RSTART, 1) : "m"
      executors = ENVIRON["EXECUTORS"] + 0; total = ENVIRON["TOTAL"] + 0; workers = ENVIRON["SPARK_WORKERS"] + 0
      cores = ENVIRON["SPARK_WORKER_CORES"] + 0; offered = ENVIRON["SPARK_WORKER_MEMORY"] + 0
      most = offered / cores * least(cores, total / least(total, workers))
      memory = asked * 1024 ^ power[unit] * executors / least(executors, workers)
      if (memory > most) printf "%dm of memory for each executor: %s is more than belongs to its cores\n", most, asked >"/dev/stderr"
      printf "%dm", least(memory, most)
    }
  '
}

# Its own options count for Spark before its properties, whatever their order.
executors='' cores='' asked='' configured=''
for option; do
  case $option in
  --num-executors=*) executors=${option#*=} ;;
  --executor-cores=*) cores=${option#*=} ;;
  --executor-memory=*) asked=${option#*=} ;;
  spark.executor.memory=*) configured=${option#*=} ;;
  esac
done

if [ -n "$executors" ] && [ -n "$cores" ]; then
  # In arithmetic a shell may run what is no number.
  case $executors,$cores in
  [!1-9]*,* | *,[!1-9]* | *[!0-9,]* | *???????*,* | *,*???????*)
    echo "$executors executors of $cores cores are not what FATE Flow counts" >&2
    exit 2
    ;;
  esac
  asked=${asked:-$configured}
  memory=$(memory_of_each "$asked")
  property=''
  for option; do
    shift
    if [ -n "$property" ]; then
      property=''
      case $option in
      spark.executor.cores=* | spark.executor.memory=*) continue ;;
      esac
      set -- "$@" --conf
    fi
    case $option in
    --conf) property=next ;;
    --executor-cores=* | --total-executor-cores=* | --executor-memory=*) ;;
    *) set -- "$@" "$option" ;;
    esac
  done
  if [ -n "$asked" ]; then set -- "--executor-memory=${memory:-$asked}" "$@"; fi
  set -- "--total-executor-cores=$((executors * cores))" "$@"
fi

# The rest is what Spark's own does.
export PYTHONHASHSEED=0
exec "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.SparkSubmit "$@"
