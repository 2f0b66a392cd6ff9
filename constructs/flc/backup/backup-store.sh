#!/bin/sh
# Puts a dump of the database, and the models, where backups are kept: as one file, which has its name when it is whole. Then
# takes away the oldest ones, and nothing else. Models come after the dump: FATE writes a model before the record of it, so
# whatever the dump knows of is there.
#
# usage: backup-store.sh scratch-directory path-below-the-root...
#
# environment:
#   TARGET   where backups are kept, as rclone names it: a directory, or `<remote>:<bucket>/<folder>`
#   NAME     what their names begin with; after it is the time, in UTC
#   KEEP     how many stay
set -eu
scratch=$1
shift
file=$NAME-$(date -u +%Y%m%dT%H%M%SZ).tar.gz
partial=$TARGET/.partial/$file

# What others have left that were killed, and not what one of them is writing: none works for longer than a day.
clean() { rclone delete --min-age 2d --include "/$NAME-*" "$TARGET/.partial"; }

[ ! -d "$TARGET/.partial" ] || clean # a volume needs its room
rm -f "$scratch/whole"
{ tar -c -C / "$@" && : >"$scratch/whole"; } | gzip | rclone rcat "$partial"
[ -e "$scratch/whole" ] || {
  echo 'not everything could be read' >&2
  exit 1
}
rclone cat "$partial" | gzip -t # what can be read again was written
rclone moveto "$partial" "$TARGET/$file"

all=$(rclone lsf --files-only "$TARGET")
pattern=$(echo "$NAME" | sed 's/[.]/[.]/g')-[0-9]{8}T[0-9]{6}Z[.]tar[.]gz
own=$(echo "$all" | grep -Ex "$pattern" | sort -r)
for old in $(echo "$own" | tail -n +$((KEEP + 1))); do rclone deletefile "$TARGET/$old"; done
echo 'kept:'
echo "$own" | head -n "$KEEP"
