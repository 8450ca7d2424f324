#!/bin/sh
# build.sh FOLDER OPTION...: builds into FOLDER, with these options of CMake's.
set -eu
folder=$1
shift
cmake -G Ninja -B "$folder" "$@"
cmake --build "$folder"
