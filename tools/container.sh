#!/usr/bin/env bash
# Lints the Dockerfile; where a docker daemon is at hand, builds the image and checks that it serves, hears and ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

IMAGE=${IMAGE:-hearingai:check}
linter=$(command -v .venv/bin/hadolint || command -v hadolint || true)
if [ -n "$linter" ]; then "$linter" Dockerfile; else echo "no hadolint here: not linted"; fi

if ! docker info >/dev/null 2>&1; then
  echo "no docker daemon here: not built"
  exit 0
fi
base=$(awk '$1 == "FROM" { print $2; exit }' Dockerfile)
if ! docker image inspect "$base" >/dev/null 2>&1 && ! docker pull -q "$base"; then
  echo "$base cannot be had here: not built"
  exit 0
fi
docker build -t "$IMAGE" .

work=$(mktemp -d)
name=hearingai-check-$$
trap 'docker rm -f "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
export HEARINGAI_TOKEN=a-token-of-this-check
docker run -d --name "$name" -p 127.0.0.1::8000 -e HEARINGAI_TOKEN --read-only --tmpfs /tmp "$IMAGE" >/dev/null
for _ in $(seq 120); do
  [ "$(docker inspect -f '{{.State.Health.Status}}' "$name")" != healthy ] || break
  sleep 1
done
[ "$(docker inspect -f '{{.State.Health.Status}}' "$name")" = healthy ] || { docker logs "$name"; exit 1; }
[ "$(docker exec "$name" id -u)" -ne 0 ]

port=$(docker port "$name" 8000/tcp | head -n 1)
python3 -c 'import sys, wave
with wave.open(sys.argv[1], "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", "")); file.writeframes(bytes(32000))' "$work/silence.wav"
curl -fsS -H "Authorization: Bearer $HEARINGAI_TOKEN" -F "file=@$work/silence.wav" "http://$port/v1/predict" | grep -q '"label"'
docker stop -t 20 "$name" >/dev/null
[ "$(docker inspect -f '{{.State.ExitCode}}' "$name")" -eq 0 ]
echo "the container serves, hears and ends"
