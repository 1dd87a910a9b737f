# Keeps a private PostgreSQL alive for as long as standard input stays open, then stops and removes it.
# xtask holds the other end: however xtask ends, by itself, by Ctrl-C or by SIGKILL, the pipe closes.
#
#   sh postgres.sh BIN_FOLDER PORT     the first line of input is the password; "ready" is printed once it serves
set -eu
trap '' INT HUP
bin=$1
port=$2
read -r password

home=$(mktemp -d "${TMPDIR:-/tmp}/ministore-postgres.XXXXXX")
as=
if [ "$(id -u)" = 0 ]; then
    chown postgres "$home"
    as='setpriv --reuid=postgres --regid=postgres --init-groups --'
fi
cd "$home"

stop() {
    $as "$bin/pg_ctl" --pgdata=data --mode=immediate --wait stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$home"
}
trap stop EXIT

printf '%s\n' "$password" >password
$as "$bin/initdb" --pgdata=data --username=ministore --pwfile=password --auth=password \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }

# Nothing here outlives the run, so nothing is forced to disk.
$as tee -a data/postgresql.conf >/dev/null <<SETTINGS
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
SETTINGS

$as "$bin/pg_ctl" --pgdata=data --log=server.log --wait --silent start </dev/null >start.log 2>&1 \
    || { cat start.log server.log >&2; exit 1; }
echo ready
cat >/dev/null
