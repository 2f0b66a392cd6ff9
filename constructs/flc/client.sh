#!/bin/sh
# Points FATE's command-line tools at FATE Flow, then serves Jupyter. Jupyter takes its token from JUPYTER_TOKEN.
set -eu
: "${FATE_FLOW_HOST:?}" "${FATE_FLOW_PORT:?}" "${NOTEBOOK_PORT:?}" "${NOTEBOOK_DIRECTORY:?}" "${JUPYTER_TOKEN:?}"

flow init --ip "$FATE_FLOW_HOST" --port "$FATE_FLOW_PORT"
pipeline init --ip "$FATE_FLOW_HOST" --port "$FATE_FLOW_PORT"
exec jupyter notebook --ip=0.0.0.0 --port="$NOTEBOOK_PORT" --allow-root --no-browser \
  --NotebookApp.notebook_dir="$NOTEBOOK_DIRECTORY"
