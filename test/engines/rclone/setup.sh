#!/bin/sh
# rclone with what a backup uses of it, and its server for S3; and busybox, whose shell and tar its image has.
. "$(dirname "$0")/../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)

build() {
  mkdir -p "$cache/rclone"
  (cd "$module" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$cache/rclone/" .)
}

unpack busybox '^1\.35\.' busybox-static
command -v go >/dev/null || refuse 'no Go here'
once rclone "$module/go.mod" "$module/go.sum" "$module/main.go" -- build
sed -n 's/.*rclone\/rclone v/v/p' "$module/go.mod"
