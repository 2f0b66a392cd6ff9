#!/bin/sh
# Points FATE's command-line tools at FATE Flow, then serves Jupyter. Jupyter takes its token from JUPYTER_TOKEN.
#
# environment, if any:
#   TRUST   file of certificate authorities to be trusted beside those of the image
set -eu
: "${FATE_FLOW_HOST:?}" "${FATE_FLOW_PORT:?}" "${NOTEBOOK_PORT:?}" "${NOTEBOOK_DIRECTORY:?}" "${JUPYTER_TOKEN:?}"

# Programs read one file in the place of their own: theirs and the others' are in it. Python's own list is that of certifi.
if [ -n "${TRUST:-}" ]; then
  usual=$(python -c 'import certifi; print(certifi.where())')
  bundle=${TMPDIR:-/tmp}/trusted.pem
  cat "$usual" "$TRUST" >"$bundle"
  export SSL_CERT_FILE="$bundle" REQUESTS_CA_BUNDLE="$bundle" PIP_CERT="$bundle" CURL_CA_BUNDLE="$bundle" GIT_SSL_CAINFO="$bundle"
fi

flow init --ip "$FATE_FLOW_HOST" --port "$FATE_FLOW_PORT"
pipeline init --ip "$FATE_FLOW_HOST" --port "$FATE_FLOW_PORT"
exec jupyter notebook --ip=0.0.0.0 --port="$NOTEBOOK_PORT" --allow-root --no-browser \
  --NotebookApp.notebook_dir="$NOTEBOOK_DIRECTORY"
