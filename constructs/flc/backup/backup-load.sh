#!/bin/sh
# Makes FATE Flow's database what a dump of it says. Jobs that waited then are canceled: the other parties have gone on without
# them. Those that ran FATE Flow ends by itself, whose processes are not there any more.
#
# usage: backup-load.sh file.sql.gz table...
#
# Tables have a row for each job, and its state in `f_status`.
#
# environment:
#   MYSQL_HOST, MYSQL_PORT, MYSQL_USER   whom to ask, as whom
#   MYSQL_PWD                            password, which MySQL's clients read there
#   MYSQL_DATABASE                       what to replace
set -eu
dump=$1
shift
ask() { mysql --host="$MYSQL_HOST" --port="$MYSQL_PORT" --user="$MYSQL_USER" --default-character-set=utf8mb4 --skip-column-names "$@"; }

others=$(ask --execute='SELECT COUNT(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID()')
[ "$others" = 0 ] || {
  echo "others are connected to $MYSQL_DATABASE: FATE Flow has to be stopped first" >&2
  exit 1
}
ask --execute="DROP DATABASE IF EXISTS $MYSQL_DATABASE; CREATE DATABASE $MYSQL_DATABASE"
gzip -dc "$dump" | ask "$MYSQL_DATABASE"
for table in "$@"; do
  ask --execute="UPDATE $table SET f_status = 'canceled' WHERE f_status IN ('waiting', 'ready')" "$MYSQL_DATABASE"
done
echo 'jobs by their state:'
ask --execute='SELECT f_status, COUNT(*) FROM t_job GROUP BY f_status' "$MYSQL_DATABASE"
