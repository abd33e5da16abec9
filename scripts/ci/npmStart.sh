#!/usr/bin/env bash
# `npm start` as the README has it: it installs, builds and serves; a signal to npm ends it with 0 and frees the ports.
#
#   bash scripts/ci/npmStart.sh DATA-DIR
set -euo pipefail
health() { curl --silent --max-time 5 http://127.0.0.1:2379/health; }

# What answers below has to be the one that is started here.
if health; then echo 'another server answers at port 2379: end it first'; exit 1; fi

npm start -- --data-dir "$1" &
npm=$!
trap 'kill -KILL $npm 2>/dev/null || true' EXIT
until health | grep -q true; do
  kill -0 $npm || { echo 'npm start ended'; exit 1; }
  [ "$SECONDS" -lt 600 ] || { echo 'npm start does not serve'; exit 1; }
  sleep 0.2
done
echo "serving after ${SECONDS} s"
kill -TERM $npm
code=0
wait $npm || code=$?
if [ $code -ne 0 ]; then echo "npm start ended with $code"; exit 1; fi
if health; then echo 'npm is gone, and the server still answers'; exit 1; fi
