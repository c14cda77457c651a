#!/bin/bash
# image.sh FILE: an image with a static busybox, as the archive of `docker save`, which every engine takes.
# Its command sleeps, so that it serves as the sandbox image of containerd's CRI as well.
set -euo pipefail
file=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc,proc,sys,dev,tmp,root,home/app,www}
chmod 1777 "$root/tmp"
chown 1000:1000 "$root/home/app"
busybox=.cache/bin/busybox
[ -x "$busybox" ] || busybox=$(command -v busybox)
cp -L "$busybox" "$root/bin/busybox"
for applet in $("$busybox" --list-full); do
	[ "$applet" = bin/busybox ] || { mkdir -p "$(dirname "$root/$applet")" && ln -sf /bin/busybox "$root/$applet"; }
done
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\napp:x:1000:\nextra:x:2000:app\n' >"$root/etc/group"
echo hello-from-www >"$root/www/index.html"

mkdir "$work/image"
tar -C "$root" -cf "$work/image/layer.tar" .
layer=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
cat >"$work/image/config.json" <<X
{"architecture":"$(dpkg --print-architecture)","os":"linux",
"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["/bin/sleep","1000000"]},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},"history":[{"created_by":"test"}]}
X
echo '[{"Config":"config.json","RepoTags":["localhost/tg-busybox:latest"],"Layers":["layer.tar"]}]' >"$work/image/manifest.json"
tar -C "$work/image" -cf "$file" manifest.json config.json layer.tar
