#!/bin/sh
# Starts FATE Flow with its configuration filled in: the templates are mounted read-only, and FATE Flow wants
# the address that Spark's executors call back and the database's password in plain files.
set -eu
: "${POD_IP:?}" "${MYSQL_PASSWORD:?}" "${TEMPLATES:?}" "${CONFIGURATION:?}" "${SPARK_HOME:?}"

# Replaces "${POD_IP}" and "${MYSQL_PASSWORD}" by their values, as double-quoted YAML. Any byte may be in a password, and each
# becomes a character of its own: FATE's MySQL client sends characters as Latin 1, so that MySQL gets the very bytes.
fill_yaml() {
  LC_ALL=C awk '
    function quoted(text,   i, c, out) {
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c ~ /[ -~]/ && c !~ /["\\]/ ? c : sprintf("\\x%02x", code[c]))
      }
      return "\"" out "\""
    }
    function fill(line, name,   at, mark) {
      mark = "\"${" name "}\""
      at = index(line, mark)
      return at == 0 ? line : substr(line, 1, at - 1) quoted(ENVIRON[name]) fill(substr(line, at + length(mark)), name)
    }
    BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
    { print fill(fill($0, "POD_IP"), "MYSQL_PASSWORD") }
  '
}

# Made anew: the image has one that everybody may read.
rm -f "$CONFIGURATION/service_conf.yaml"
(umask 077 && fill_yaml <"$TEMPLATES/service_conf.yaml" >"$CONFIGURATION/service_conf.yaml")
if [ -e "$TEMPLATES/transfer_conf.yaml" ]; then cp "$TEMPLATES/transfer_conf.yaml" "$CONFIGURATION/transfer_conf.yaml"; fi
# A link, so that changes arrive.
if [ -n "${PULSAR_ROUTES-}" ]; then ln -sf "$PULSAR_ROUTES" "$PULSAR_ROUTES_LINK"; fi
sed "s/\${POD_IP}/$POD_IP/" "$TEMPLATES/spark-defaults.conf" >"$SPARK_HOME/conf/spark-defaults.conf"
install -m 755 "$TEMPLATES/spark-submit" "$SPARK_HOME/bin/spark-submit"

# Not exec: as process 1 FATE Flow would ignore SIGTERM, for which it has no handler.
"$@" &
server=$!
trap 'kill "$server" && wait "$server"' TERM
wait "$server"
