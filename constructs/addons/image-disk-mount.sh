#!/bin/sh
# Records the volume mounted at MOUNT_PATH in the node's fstab, so that the next boot mounts it again.
#
# usage: image-disk-mount.sh watch      a pass at once and one every INTERVAL seconds, until SIGTERM
#        image-disk-mount.sh repair     one pass; fails where the volume is neither recorded nor can be
#        image-disk-mount.sh recorded   whether the next boot mounts the volume
#
# environment:
#   MOUNT_PATH   directory of the node that is a volume of its own
#   FSTAB        the node's fstab
#   MOUNTINFO    the mounts as the node's first process sees them, as in proc(5)
#   BY_UUID      the node's /dev/disk/by-uuid
#   ADDED        mount options to add to those in use
#   INTERVAL     seconds between two passes
set -u

newline='
'

say() {
  printf '%s: %s\n' "$MOUNT_PATH" "$*"
}

refuse() {
  say "$*; nothing written" >&2
  return 1
}

# Reads fstab as mount and systemd do: a field may have blanks as octal numbers, and of two options that exclude one another
# the last one counts. Sets entry to the one for the path that does not mount the volume, or else to the last one.
recorded() {
  mounted 2>/dev/null || : # device is what is mounted now, if anything is: an entry for another disk would hide it
  entry=
  # the last line may lack its newline: read fails there, and has read it all the same
  while read -r source path _ mount_options _ || [ -n "$source" ]; do
    case $source in '#'*) continue ;; esac
    if [ "$(plain "$path")" != "$MOUNT_PATH" ]; then continue; fi
    entry="$source with ${mount_options:-defaults}"
    automatic ",$mount_options," || return 1
    same_disk "$(plain "$source")" || return 1
  done <"$FSTAB"
  [ -n "$entry" ]
}

# A field of fstab without octal numbers, and a path without more slashes than it needs.
plain() {
  case $1 in
    *\\* | *//* | *?/)
      # %b would read a lone backslash in its own way, and takes octal numbers of a leading 0
      printf '%b\n' "$(printf '%s\n' "$1" | sed -e 's/\\/\\\\/g' -e 's/\\\\\([0-7][0-7][0-7]\)/\\0\1/g')" |
        sed -e 's#//*#/#g' -e 's#\(.\)/$#\1#'
      ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# Whether a boot mounts what has these options, each between commas.
automatic() {
  case $1 in *,x-systemd.automount,*) return 0 ;; esac
  case ${1##*,noauto,} in
    "$1" | auto,* | *,auto,*) return 0 ;;
    *) return 1 ;;
  esac
}

# Whether a source of fstab is the device that is mounted.
same_disk() {
  disks=${BY_UUID%/*}
  name=${1#*=}
  name=${name#\"}
  name=${name%\"}
  case $1 in
    UUID=*) link=$BY_UUID/$name ;;
    LABEL=*) link=$disks/by-label/$name ;;
    PARTUUID=*) link=$disks/by-partuuid/$name ;;
    PARTLABEL=*) link=$disks/by-partlabel/$name ;;
    /dev/disk/*) link=$disks/${1#/dev/disk/} ;;
    *) link= ;;
  esac
  if [ -z "$device" ] || [ "$1" = "$device" ]; then return 0; fi
  [ -n "$link" ] && [ "$(readlink "$link")" = "../../${device#/dev/}" ]
}

# Finds the volume: sets device, type and options.
mounted() {
  device=
  while read -r _ _ _ root path flags rest; do
    if [ "$path" != "$MOUNT_PATH" ]; then continue; fi
    rest=${rest#*- } # a hyphen ends the optional fields; then type, source, options of the file system
    type=${rest%% *}
    options=$flags
    more=${rest##* }
    rest=${rest#* }
    source=${rest%% *}
    # Processes from before the second mount keep the first one: which of two volumes is meant is for a person to say.
    if [ "${device:-$source}" != "$source" ]; then
      refuse "mounted twice, from $device and from $source"
      return
    fi
    device=$source
    # An entry for the device would mount the whole file system in this directory's place.
    if [ "$root" != / ]; then
      refuse "it is $root of $device, not a volume"
      return
    fi
  done <"$MOUNTINFO"

  case $device in
    '') refuse 'nothing is mounted' ;;
    /dev/*) ;;
    *) refuse "$device is no disk" ;;
  esac || return
  # What a failing disk turns into must not become what every boot asks for.
  case ,$options,$more, in
    *,ro,* | *,emergency_ro,*) refuse "$device is read-only" ;;
    *) options=$options${more#rw} ;;
  esac
}

# UUID=… of a device, since tomorrow's /dev/sdb may be another disk.
stable_name() {
  for link in "$BY_UUID"/*; do
    if [ "$(readlink "$link")" = "../../${1#/dev/}" ]; then
      printf 'UUID=%s\n' "${link##*/}"
      return
    fi
  done
  say "warning: $1 has no UUID, and may name another disk after a restart" >&2
  printf '%s\n' "$1"
}

# Appends an entry: in place, since others may hold the file, and in one write, since the node may stop at any time.
record() {
  size=$(wc -c <"$FSTAB")
  start=
  if [ -n "$(tail -c 1 "$FSTAB")" ]; then start=$newline; fi
  if ! printf '%s%s %s %s %s 0 2\n' "$start" "$@" >>"$FSTAB"; then
    truncate -s "$((size))" "$FSTAB" # a full disk takes half a line, and half a line can keep a node from booting
    refuse 'cannot write fstab'
  fi
}

repair() {
  if [ ! -f "$FSTAB" ]; then
    refuse 'the node has no fstab'
  elif recorded; then
    say 'is in fstab'
  elif [ -n "$entry" ]; then
    refuse "fstab has $entry there, which does not mount ${device:-a volume}"
  else
    mounted || return
    set -- "$(stable_name "$device")" "$MOUNT_PATH" "$type" "$options,$ADDED"
    record "$@" && say "added to fstab: $*"
  fi
}

watch() {
  trap 'exit 0' TERM INT # the pause ends with the container
  while :; do
    sh "$0" repair # read anew each time: a changed script needs no restart
    sleep "$INTERVAL" &
    wait $!
  done
}

case ${1-} in
  watch | repair | recorded) "$1" ;;
  *)
    echo "usage: $0 watch | repair | recorded" >&2
    exit 2
    ;;
esac
