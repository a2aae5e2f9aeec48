#!/bin/sh
set -eu
for script in .pipeline/scripts/*.sh; do
    sh -n "$script"
done
echo "$APPLICATION: the scripts can be read"
