#!/bin/sh
# Puts a dump of the database and the models beside it where backups are kept, as one file that has its name when it is whole.
# Then takes away the oldest ones, and nothing else. Models come after the dump: FATE writes a model before the record of it, so
# that whatever the dump knows of is there.
#
# usage: backup-store.sh dump.sql.gz directory-of-the-models
#
# environment:
#   TARGET   where backups are kept, as rclone names it: a directory, or `<remote>:<bucket>/<folder>`
#   NAME     what their names begin with; after it is the time, in UTC
#   KEEP     how many stay
set -eu
file=$NAME-$(date -u +%Y%m%dT%H%M%SZ).tar.gz
partial=$TARGET/.partial/$file
whole=$(dirname "$1")/whole

rm -f "$whole"
{ tar -c -C "$(dirname "$1")" "$(basename "$1")" -C "$(dirname "$2")" "$(basename "$2")" && : >"$whole"; } |
  gzip | rclone rcat "$partial"
[ -e "$whole" ] || {
  echo 'the models could not be read' >&2
  exit 1
}
rclone cat "$partial" | gzip -t # what can be read again was written
rclone moveto "$partial" "$TARGET/$file"

all=$(rclone lsf --files-only "$TARGET")
own=$(echo "$all" | grep -E "^$NAME-[0-9]{8}T[0-9]{6}Z\.tar\.gz\$" | sort -r)
for old in $(echo "$own" | tail -n +$((KEEP + 1))); do rclone deletefile "$TARGET/$old"; done
# What others have left that were killed, and not what one of them is writing.
rclone delete --min-age 2d --include "/.partial/$NAME-*" "$TARGET"
echo 'These are kept:'
echo "$own" | head -n "$KEEP"
