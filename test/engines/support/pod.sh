#!/bin/sh
# Becomes the one container of a pod: the host's files under those of the image and of the pod's volumes.
#
# usage: pod.sh directory working-directory command [argument...]
#
# directory:
#   image/    files that the image has and the host has not
#   hostname  the pod's, if it has one of its own
#   read-only exists if nothing of the image may be written
#   mounts    lines `source target ro|rw`; targets are as the container sees them, and so is the working directory
set -eu
directory=$1 working_directory=$2
shift 2
[ ! -e "$directory/hostname" ] || hostname --file "$directory/hostname"
root=$directory/root
mkdir "$root" "$directory/written" "$directory/work"
mount -t overlay overlay -o "lowerdir=$directory/image:/,upperdir=$directory/written,workdir=$directory/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
while read -r source target mode; do
  target=$root$(chroot "$root" /usr/bin/realpath -m "$target") # links in it are the image's
  if [ -d "$source" ]; then
    mkdir -p "$target"
  else
    mkdir -p "$(dirname "$target")"
    : >>"$target"
  fi
  mount -o "bind,$mode" "$source" "$target"
done <"$directory/mounts"
[ ! -e "$directory/read-only" ] || mount -o remount,ro "$root"
exec chroot "$root" env --chdir="$working_directory" "$@"
