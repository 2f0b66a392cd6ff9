#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
unpack traffic-server '^9\.2\.' trafficserver
