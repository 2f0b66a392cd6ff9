#!/bin/sh
# Becomes the one container of a pod: the host's files under those of the image and of the pod's volumes.
#
# usage: pod.sh directory command [argument...]
#
# directory:
#   image/    files that the image has and the host has not
#   mounts    lines `source target`, targets as the container sees them
set -eu
directory=$1
shift
root=$directory/root
mkdir "$root" "$directory/written" "$directory/work"
mount -t overlay overlay -o "lowerdir=$directory/image:/,upperdir=$directory/written,workdir=$directory/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
while read -r source target; do
  if [ -d "$source" ]; then
    mkdir -p "$root$target"
  else
    mkdir -p "$(dirname "$root$target")"
    : >>"$root$target"
  fi
  mount -o bind,ro "$source" "$root$target"
done <"$directory/mounts"
exec chroot "$root" "$@"
