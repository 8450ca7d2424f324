#!/bin/sh
# build.sh PRESET FOLDER OPTION...: builds into FOLDER as a preset of CMakePresets.json says, with
# these options of CMake's.
set -eu
preset=$1
folder=$2
shift 2
cmake --preset "$preset" -B "$folder" "$@"
cmake --build "$folder"
