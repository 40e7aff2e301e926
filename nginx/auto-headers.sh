#!/bin/bash
# Run nginx's configure once, in a folder that is thrown away, for the two
# headers that no package ships: auto-headers.sh NGINX_SOURCE CONFIG_H HEADERS_H
set -eu

source=$1
config_h=$(realpath -m "$2")
headers_h=$(realpath -m "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without a dynamic module configure would ask for sources nginx-dev lacks.
mkdir "$work/addon"
cat >"$work/addon/config" <<'ADDON'
ngx_addon_name=ngx_http_headers_only_module
ngx_module_type=HTTP
ngx_module_name=ngx_http_headers_only_module
ngx_module_srcs="$ngx_addon_dir/none.c"
. auto/module
ADDON

cd "$source"
# Without the packager's flags (plain sources), those that packages of nginx share.
NGX_CONF_FLAGS=(--with-compat --with-threads --with-http_ssl_module --with-http_v2_module
    --with-http_realip_module)
if [ -r conf_flags ]; then
    . ./conf_flags
fi
if ! ./configure "${NGX_CONF_FLAGS[@]}" --add-dynamic-module="$work/addon" \
    --builddir="$work/build" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi
cp "$work/build/ngx_auto_config.h" "$config_h"
cp "$work/build/ngx_auto_headers.h" "$headers_h"
