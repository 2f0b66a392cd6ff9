#!/bin/sh
# Deletes what FATE Flow has written of jobs that ended long ago: directories that are named after a job, and in which nothing has been
# written for so many days. Those of a job that has not ended stay, however old they are, and so does whatever has another name.
#
# usage: retention.sh {directory days}...
#
# environment:
#   MYSQL_HOST, MYSQL_PORT, MYSQL_USER   whom to ask, as whom
#   MYSQL_PWD                            password, which MySQL's clients read there
#   MYSQL_DATABASE                       FATE Flow's
#   JOB_TABLES                           its tables with a row for each job, and its state in `f_status`
set -eu
ask() { mysql --host="$MYSQL_HOST" --port="$MYSQL_PORT" --user="$MYSQL_USER" --batch --skip-column-names --execute="$1" "$MYSQL_DATABASE"; }

at_work=' '
for table in $JOB_TABLES; do
  # A state that nobody knows is none of an end.
  jobs=$(ask "SELECT DISTINCT f_job_id FROM $table WHERE COALESCE(f_status, '') NOT IN ('success', 'failed', 'canceled', 'timeout')")
  for job in $jobs; do at_work="$at_work$job "; done
done

# As FATE Flow makes names of jobs: a time up to microseconds, and a number.
is_name_of_job() {
  case $1 in *[!0-9]*) return 1 ;; esac
  [ "${#1}" -ge 21 ]
}

is_at_work() { case $at_work in *" $1 "*) ;; *) return 1 ;; esac; }

# What was moved there is deleted whole, by the next run if this one is killed. Left in its place it would look as if it were new.
delete() { rm -rf "$1/.deleted"; }

clean() { # directory days
  delete "$1"
  mkdir "$1/.deleted"
  deleted=0
  for path in "$1"/20*; do
    job=${path##*/}
    if [ -L "$path" ] || [ ! -d "$path" ] || ! is_name_of_job "$job" || is_at_work "$job"; then continue; fi
    written=$(find "$path" -mtime "-$2" -print -quit)
    [ -z "$written" ] || continue
    mv "$path" "$1/.deleted/$job"
    deleted=$((deleted + 1))
  done
  delete "$1"
  echo "$1: deleted what $deleted jobs have left"
}

while [ $# -gt 0 ]; do
  clean "$1" "$2"
  shift 2
done
