#!/bin/sh
# A hot standby that has every commit before a client is told of it, and its promotion. As PostgreSQL's own user, with
# PostgreSQL's programs on the PATH, on the machine of the standby:
#
#   standby.sh make 'host=db1 port=5432 user=postgres' FOLDER [SETTING…]   e.g. "port = 5433"
#   standby.sh promote FOLDER
#
# `make` copies the primary into FOLDER, starts the standby, and has the primary wait for it from then on. `promote` is
# for when the primary is gone for good: make sure of that first, for two primaries would go separate ways.
set -eu

# Runs a command until it says what is expected, for a minute at most.
await() {
    expected=$1; shift
    tries=300
    until [ "$("$@" 2>/dev/null || true)" = "$expected" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "standby.sh: waited for \"$expected\" in vain: $*" >&2; exit 1; }
        sleep 0.2
    done
}

ask() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$1" --command="$2"
}

case ${1:-} in
make)
    primary=$2 folder=$3; shift 3
    # The slot has the primary keep what the standby has not read yet.
    pg_basebackup --dbname="$primary" --pgdata="$folder" --checkpoint=fast --wal-method=stream --create-slot --slot=standby
    touch "$folder/standby.signal"
    {
        echo "primary_conninfo = '$(echo "$primary application_name=standby" | sed "s/'/''/g")'"
        echo "primary_slot_name = 'standby'"
        for setting in "$@"; do echo "$setting"; done
    } >>"$folder/postgresql.auto.conf"
    pg_ctl start --pgdata="$folder" --log="$folder/standby.log" --wait
    await streaming ask "$primary dbname=postgres" "SELECT state FROM pg_stat_replication WHERE application_name = 'standby'"
    ask "$primary dbname=postgres" "ALTER SYSTEM SET synchronous_standby_names = 'standby'"
    ask "$primary dbname=postgres" "SELECT pg_reload_conf()" >/dev/null
    await sync ask "$primary dbname=postgres" "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'"
    echo "the primary waits for the standby from now on"
    ;;
promote)
    folder=$2
    pg_ctl promote --pgdata="$folder" --wait
    # It has no standby of its own yet; it would wait for one in vain.
    here="host=$(sed -n 5p "$folder/postmaster.pid") port=$(sed -n 4p "$folder/postmaster.pid") dbname=postgres"
    ask "$here" "ALTER SYSTEM RESET synchronous_standby_names"
    ask "$here" "SELECT pg_reload_conf()" >/dev/null
    echo "promoted: point DATABASE_URL's host here, then make a new standby"
    ;;
*)
    echo "usage: standby.sh make PRIMARY FOLDER [SETTING…] | standby.sh promote FOLDER" >&2
    exit 2
    ;;
esac
