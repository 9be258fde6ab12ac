#!/bin/sh
# tern-speaker as scripts/profiled builds it, in TERN_PROFILED; all else as for tern.
TERN_BIN=$TERN_PROFILED exec "$(dirname "$0")/tern-kernel.sh" "$1"
