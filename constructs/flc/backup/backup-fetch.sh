#!/bin/sh
# Puts back what backup-store.sh has kept, where it was: over what is there, of which nothing is deleted.
#
# environment:
#   TARGET   where backups are kept, as rclone names it
#   NAME     what their names begin with
#   FILE     which one [the newest]
set -eu
all=$(rclone lsf --files-only "$TARGET")
pattern=$(echo "$NAME" | sed 's/[.]/[.]/g')-[0-9]{8}T[0-9]{6}Z[.]tar[.]gz
own=$(echo "$all" | grep -Ex "$pattern" | sort -r)
[ -n "$own" ] || {
  echo "there is no backup $NAME-* in $TARGET" >&2
  exit 1
}
file=${FILE:-$(echo "$own" | head -n 1)}
echo "$own" | grep -qxF "$file" || {
  printf 'there is no backup %s; there are:\n%s\n' "$file" "$own" >&2
  exit 1
}
rclone cat "$TARGET/$file" | gzip -t # else half of it would be put back
rclone cat "$TARGET/$file" | tar -xz -C /
echo "put back from $file"
