# shellcheck shell=sh
# Whose each unit and guest on record is, and how it was declared: of each record what a look at the host leaves out.
{ cd %STATE_DIR% 2>/dev/null && grep -rhE '^(digest|unit|uuid|label|owner|declaration) ' units guests; } || :
