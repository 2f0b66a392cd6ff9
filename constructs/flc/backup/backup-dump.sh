#!/bin/sh
# Writes out FATE Flow's database as it is at one moment, while jobs go on. What it has not written in full it fails for.
#
# usage: backup-dump.sh file.sql.gz
#
# environment:
#   MYSQL_HOST, MYSQL_PORT, MYSQL_USER   whom to ask, as whom
#   MYSQL_PWD                            password, which MySQL's clients read there
#   MYSQL_DATABASE                       what to write out
set -eu
# A server with GTIDs would have its own written into the dump, and the right to set them is not the user's. MariaDB has none of them.
mysqldump --host="$MYSQL_HOST" --port="$MYSQL_PORT" --user="$MYSQL_USER" --default-character-set=utf8mb4 \
  --single-transaction --no-tablespaces --loose-set-gtid-purged=OFF --routines --events "$MYSQL_DATABASE" | gzip >"$1"
# A pipe comes to what its last command does. A dump that is whole ends in this line.
gzip -dc "$1" | tail -n 1 | grep -q '^-- Dump completed' || {
  echo "the dump of $MYSQL_DATABASE is not whole" >&2
  exit 1
}
