#!/bin/sh
# build.sh PRESET FOLDER OPTION...: builds into FOLDER with a preset of CMakePresets.json and these
# options for CMake.
set -eu
preset=$1
folder=$2
shift 2
cmake --preset "$preset" -B "$folder" "$@"
cmake --build "$folder"
