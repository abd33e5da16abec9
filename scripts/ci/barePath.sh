#!/usr/bin/env bash
# Fills a folder that serves as a PATH with what a small Debian has (its essential packages, and mount, which is required as they are),
# git, curl, Node.js and npm, and nothing else that may be installed here, and prints it.
#
#   PATH=$(scripts/ci/barePath.sh FOLDER) npm test
set -euo pipefail
folder=$1
mkdir -p "$folder"
mapfile -t packages < <(dpkg-query --show --showformat '${Essential} ${Package}\n' | sed -n 's/^yes //p')
for package in "${packages[@]}" mount dash git curl procps ca-certificates; do
  { dpkg-query --listfiles "$package" 2>/dev/null || true; } | { grep -E '^(/usr)?/s?bin/[^/]+$' || true; } |
    while read -r program; do ln -sf "$program" "$folder/"; done
done
for program in sh awk node npm npx git curl; do
  path=$(command -v "$program") && ln -sf "$path" "$folder/$program"
done
echo "$folder"
