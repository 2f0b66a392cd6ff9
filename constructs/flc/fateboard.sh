#!/bin/sh
# Starts FATE Board with the password of its login filled in. Spring fills in what is "${…}" elsewhere; the login FATE Board
# reads from the file itself, where it would be the password as it stands.
set -eu
: "${FATEBOARD_PASSWORD:?}" "${TEMPLATES:?}" "${CONFIGURATION:?}"

# Replaces "${FATEBOARD_PASSWORD}" by its value as Java properties have it: any byte that could mean something there is escaped.
fill_properties() {
  LC_ALL=C awk '
    function escaped(text,   i, c, out) {
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c ~ /[A-Za-z0-9]/ ? c : sprintf("\\u%04x", code[c]))
      }
      return out
    }
    BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i; mark = "${FATEBOARD_PASSWORD}" }
    {
      at = index($0, mark)
      print at == 0 ? $0 : substr($0, 1, at - 1) escaped(ENVIRON["FATEBOARD_PASSWORD"]) substr($0, at + length(mark))
    }
  '
}

# Made anew: the image has one that everybody may read.
rm -f "$CONFIGURATION/application.properties"
(umask 077 && fill_properties <"$TEMPLATES/application.properties" >"$CONFIGURATION/application.properties")
exec "$@"
