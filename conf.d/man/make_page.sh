#!/bin/sh
# make_page.sh LOWDOWN PAGE VERSION SOURCE: prints the manual page PAGE ("pop3-legacy.7"), made from
# Markdown.
#
# lowdown, because it is the smallest converter that makes pages without warnings in every Debian.
# On the page, the title's line is missing, links have no targets, and code is bold, as in Dovecot's
# own pages. No line ends inside of a word that somebody may want to copy.
set -eu
lowdown=$1
page=$2
version=$3
source=$4

name=$(printf %s "${page%.*}" | tr '[:lower:]' '[:upper:]')
sed -zE '1s/^# [^\n]*\n//; s/<!--[^>]*-->//g; s/\[([^]]*)\]\([^)]*\)/\1/g' "$source" |
  "$lowdown" -s -tman --out-no-smarty -m shiftheadinglevelby=-1 \
    -m "title=$name" -m "section=${page##*.}" -m "source=dovecot-pop3-legacy $version" -m volume=Dovecot |
  sed -zE 's/\\fC|\\f\(C[BRW]/\\fB/g
    s/\n\.TH [^\n]*/\n.nr HY 0&\n.ad l/
    # Numbers need a width for lowdown 1, and what follows code in a list has the width of the number.
    s/\n\.IP "([0-9]+\.) *"[^\n]*\n/\n.IP "\1" 4\n/g
    s/\n\.EE\n\.IP\n/\n.EE\n.IP "" 4\n/g
    s/\n\.(S[HS])[ \n]([^\n]*)\n\.[LP]P\n/\n.\1 \2\n/g' |
  sed -E ':again; s/(\\fB([^\\-]|\\[^f])*)-/\1\\-/; t again'
