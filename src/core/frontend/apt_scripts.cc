#include "core/frontend/apt_scripts.h"

namespace frontend {

const std::string_view apt_conf = R"(Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "/tmp/in/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/tmp/in/preferences";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "/tmp/apt";
Dir::State::lists "/tmp/apt/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "/tmp/apt/cache";
Dir::Log "/tmp/apt/log";
APT::Install-Suggests "0";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Cmd::Pattern-Only "true";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::ForceHash "SHA256";
Acquire::Retries "3";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Dpkg::Use-Pty "0";
)";

const std::string_view update_script = R"sh(set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
out=/tmp/out work=/tmp/apt
# Whoever made the base decides whether a frozen archive's dates count; nothing else of its configuration does.
eval "$(apt-config shell valid Acquire::Check-Valid-Until date Acquire::Check-Date)"
{
  cat /tmp/in/apt.conf
  echo "Acquire::Check-Valid-Until \"${valid:-true}\"; Acquire::Check-Date \"${date:-true}\";"
} >/tmp/apt.conf
export APT_CONFIG=/tmp/apt.conf
mkdir -p $work/lists/partial $work/cache/archives/partial $work/log

give_up() {
  cp $work/errors $out/errors
  echo "$1" >$out/failed
  exit 0
}

# "SOURCE VERSION" of the source package of each stanza: "Source:" may carry another name and another version than the
# binary, so neither is ever guessed.
sources_of() {
  awk '/^Package:/ { name = $2; source = name; version = "" }
       /^Version:/ { own = $2 }
       /^Source:/  { source = $2; if (NF > 2) { version = $3; gsub(/[()]/, "", version) } }
       /^$/        { if (name != "") print source, (version == "" ? own : version); name = "" }
       END         { if (name != "") print source, (version == "" ? own : version) }' "$@" | sort -u
}

apt-get -qq update >$work/errors 2>&1 || give_up update
cp $work/errors $out/update
mkdir $out/releases
for file in $work/lists/*InRelease; do
  [ -f "$file" ] && cp "$file" $out/releases/
done
apt-get indextargets --format '$(METAKEY) $(REPO_URI) $(RELEASE)' >$out/targets
)sh";

const std::string_view resolve_script = R"sh(packages=$(cat /tmp/in/packages)
# -q and not -qq: the latter keeps to itself which dependencies are unmet.
apt-get -q -s install $packages >$out/plan 2>$work/errors || {
  cat $out/plan >>$work/errors
  give_up install
}
apt-get -qq install --print-uris $packages >$out/uris 2>$work/errors || give_up install

# The binary packages' own stanzas, then the source packages that those name.
sed -n 's/^Inst \([^ ]*\) \(\[[^]]*\] \)\{0,1\}(\([^ ]*\) .*/\1=\3/p' $out/plan >$work/chosen
: >$out/binaries
: >$out/base-binaries
: >$out/base-uris
: >$out/sources
: >$out/source-uris
[ ! -s $work/chosen ] || xargs apt-cache show <$work/chosen >$out/binaries 2>$work/errors || give_up install

# What the archive still has of the base's own packages: one that it no longer knows is shown without Filename.
dpkg-query -W -f '${db:Status-Status} ${Package}:${Architecture}=${Version}\n' |
  sed -n 's/:all=/=/; s/^installed //p' >$work/base
if [ -s $work/base ]; then
  xargs apt-cache show <$work/base >$out/base-binaries 2>/dev/null || true
  awk '/^Package:/      { name = $2 }
       /^Version:/      { version = $2 }
       /^Architecture:/ { of = ($2 == "all" ? "" : ":" $2) }
       /^Filename:/     { known = 1 }
       /^$/             { if (known) print name of "=" version; known = 0 }
       END              { if (known) print name of "=" version }' $out/base-binaries | sort -u >$work/base-known
  cd $work
  [ ! -s base-known ] || xargs -n 500 apt-get -qq download --print-uris <base-known >$out/base-uris 2>/dev/null || true
fi
if [ -s $out/binaries ] || [ -s $work/base-known ]; then
  sources_of $out/binaries $out/base-binaries >$work/wanted
  cut -d' ' -f1 $work/wanted | sort -u | xargs apt-cache showsrc --only-source >$out/sources 2>/dev/null || true
  # apt prints nothing at all when one name of several has no source: ask only for those that are there.
  awk 'NR == FNR { wanted[$1 " " $2] = 1; next }
       /^Package:/ { name = $2 }
       /^Version:/ { if ((name " " $2) in wanted) print name "=" $2 }' $work/wanted $out/sources |
    sort -u >$work/found
  if [ -s $work/found ]; then
    xargs -n 500 apt-get -qq source --only-source --print-uris <$work/found >$out/source-uris 2>$work/errors ||
      give_up sources
  fi
fi
)sh";

const std::string_view package_script = R"sh(# What the archive has, whatever the image itself has installed.
sed -i 's|^Dir::State::status .*|Dir::State::status "/dev/null";|' /tmp/apt.conf
cd $work
xargs apt-get -qq download --print-uris </tmp/in/packages >$out/uris 2>$work/errors || give_up packages
cut -d= -f1 /tmp/in/packages | sort -u | xargs apt-cache show >$out/binaries 2>$work/errors || give_up packages
cut -d= -f1 /tmp/in/packages | cut -d: -f1 | sort -u | xargs apt-cache madison >$out/offers 2>$work/errors || give_up packages
sources_of $out/binaries >$work/wanted
cut -d' ' -f1 $work/wanted | sort -u | xargs apt-cache showsrc --only-source >$out/sources 2>/dev/null || true
: >$out/source-uris
# One by one: of several apt prints nothing at all when one has no source.
while read -r name version; do
  apt-get -qq source --only-source --print-uris "$name=$version" >>$out/source-uris 2>/dev/null || true
done <$work/wanted
)sh";

const std::string_view copyright_script = R"sh(set -eu
export LC_ALL=C
while read -r number name source version; do
  documents=/tmp/packages/$number/usr/share/doc/$name
  file=$documents/copyright
  if [ -L "$documents" ]; then
    # The copyright file is in another package of the same source: one of those asked for, else the image's own.
    other=$(basename "$(readlink "$documents")")
    file=$(find /tmp/packages/*/usr/share/doc/"$other" -maxdepth 1 -name copyright 2>/dev/null | head -n 1)
    installed=$(dpkg-query -W -f '${source:Package} ${source:Version}' "$other" 2>/dev/null || true)
    if [ -z "$file" ] && [ "$installed" = "$source $version" ]; then file=/usr/share/doc/$other/copyright; fi
  fi
  if [ -f "$file" ]; then cp "$file" /tmp/out/$number; fi
done </tmp/in/packages
)sh";

const std::string_view install_script = R"sh(set -eu
export APT_CONFIG=/tmp/in/apt.conf LC_ALL=C DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
work=/tmp/apt
mkdir -p $work/lists/partial $work/cache/archives/partial $work/log

# Made anew by each installation, so never the same twice; keys in an image are a defect of their own besides.
fresh='/etc/machine-id /var/lib/dbus/machine-id /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
  /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem'
for file in $fresh; do [ -e "$file" ] && echo "$file"; done >$work/before || true

# Type, inode, change, size, mode and path of all that is not hidden below a mount of this step.
list() {
  find / -xdev \( -path /tmp -o -path /var/log -o -path /var/cache/ldconfig \) -prune -o \
    -printf '%y %i %C@ %s %m %p\0'
}
list >/tmp/out/before
(cd /tmp/debs && sha1sum -- *.deb) >/tmp/out/sha1
install='apt-get -qq install -y --allow-downgrades --no-install-recommends'
if [ -n "${ESTALEIRO_OBSERVE:-}" ]; then
  mkdir $work/steps
  : >$work/steps/00000-
  sleep 0.02
  apt-get -q -s install -y --allow-downgrades --no-install-recommends /tmp/debs/*.deb |
    sed -n 's/^Conf \([^ ]*\) .*/\1/p' >$work/order
  install="$install -o Dir::Bin::dpkg=/tmp/in/dpkg"
fi
$install /tmp/debs/*.deb </dev/null
[ ! -d $work/steps ] || {
  find $work/steps -type f -printf '%C@ %f\n' | sort -n >/tmp/out/steps
  cp $work/touched /tmp/out/touched
}

rm -f /var/lib/dpkg/*-old /var/cache/debconf/*-old
: >/tmp/out/removed
for file in $fresh; do
  [ -e "$file" ] || continue
  grep -qxF "$file" $work/before && continue
  echo "$file" >>/tmp/out/removed
  # systemd makes an empty machine-id its own at the first boot; a missing one is a read-only root's trouble.
  if [ "$file" = /etc/machine-id ]; then : >"$file"; else rm -f "$file"; fi
done
# Links by hash to the snake-oil certificate, which is gone.
[ -d /etc/ssl/certs ] && find /etc/ssl/certs -xtype l -delete || true
# Java's trust store (JKS) has the time of each entry, and ends in a SHA-1 of a password that everybody knows and the
# rest: its entries are made as old as the image.
store=/etc/ssl/certs/java/cacerts
[ ! "$store" -nt $work/before ] || perl -e '
  my ($file, $epoch) = @ARGV;
  open(my $in, "<:raw", $file) or die "$file: $!"; local $/; my $all = <$in>; close $in;
  exit if length $all < 32;
  my $body = substr $all, 0, -20;
  my ($magic, $version, $entries) = unpack "N3", $body;
  exit if $magic != 0xFEEDFEED || $version != 2 || seal($body) ne substr $all, -20;
  my $at = 12;
  for (1 .. $entries) {
    exit if $at + 6 > length $body || unpack("N", substr $body, $at, 4) != 2; # a trusted certificate
    $at += 6 + unpack "n", substr $body, $at + 4, 2;                          # its name
    exit if $at + 10 > length $body;
    substr($body, $at, 8) = pack "Q>", $epoch * 1000;
    $at += 10 + unpack "n", substr $body, $at + 8, 2;                         # its kind
    exit if $at + 4 > length $body;
    $at += 4 + unpack "N", substr $body, $at, 4;
  }
  exit if $at != length $body;
  open(my $out, ">:raw", $file) or die "$file: $!";
  print $out $body, seal($body);
  close $out or die "$file: $!";
  sub seal {
    open(my $out, ">:raw", "/tmp/apt/store") or die "/tmp/apt/store: $!";
    print $out "\0c\0h\0a\0n\0g\0e\0i\0t", "Mighty Aphrodite", @_;
    close $out;
    return pack "H40", `sha1sum /tmp/apt/store`;
  }
' "$store" "$SOURCE_DATE_EPOCH"
list >/tmp/out/after
# What this step made or changed is not newer than the image, so that its layer is the same whenever it is made.
find / -xdev -cnewer $work/before -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
)sh";

const std::string_view observing_dpkg = R"sh(#!/bin/sh
# Called by apt instead of dpkg. The one call that configures all packages is taken apart: one for each that has a
# script or a trigger to run. A file made after each step marks its end, so the time of a path's last change tells
# whose step it was; /etc and /var, which several packages write to, are looked at after each step.
set -eu
work=/tmp/apt steps=/tmp/apt/steps
last=$(ls $steps | tail -n 1)

done_by() { # NAME…: who ran in the step that ends here
  count=$(ls $steps | wc -l)
  step=$(printf '%05d-%s' "$count" "$(echo "$*" | tr ' ' ',')")
  find /etc /var -xdev -path /var/lib/dpkg -prune -o ! -type d -newercc "$steps/$last" -printf "$step %p\0" >>$work/touched
  : >"$steps/$step"
  # Two ticks of the kernel's clock lie between the changes of two steps.
  sleep 0.02
  last=$step
}

case " $* " in
*" --configure --pending "*) ;;
*" --unpack "*)
  dpkg "$@"
  done_by '(unpack)'
  exit
  ;;
*" --configure "*)
  dpkg "$@"
  for name; do :; done # those that others need before they are unpacked, the last argument
  done_by "${name%%:*}"
  exit
  ;;
*) exec dpkg "$@" ;;
esac

waiting='' scripted=''
while read -r name; do
  # shellcheck disable=SC2086
  waiting=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package} ' $waiting "$name" |
    awk '{ for (i = 1; i < NF; i += 2) if ($i == "unpacked") print $(i + 1) }')
  [ -n "$waiting" ] && [ -n "$(dpkg-query --control-path "$name" postinst 2>/dev/null)" ] || continue
  scripted="$scripted ${name%%:*}"
  # Of packages that depend on each other the first fails alone: it waits for the next.
  # shellcheck disable=SC2086
  if dpkg --no-triggers --configure $waiting >>$work/configure.log 2>&1; then
    done_by $scripted
    waiting='' scripted=''
  fi
done <$work/order
for name in $(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' | sed -n 's/^triggers-pending //p'); do
  if dpkg --triggers-only "$name" >>$work/configure.log 2>&1; then done_by "${name%%:*}"; fi
done
dpkg "$@"
done_by '(configure)'
)sh";

const std::string_view account_script = R"sh(set -eu
export LC_ALL=C
out=/tmp/out
cd /tmp/tree
find . -mindepth 1 -printf '%y %m %s %P\0%l\0' >$out/paths
: >$out/lists
: >$out/wrong
: >$out/copyright
: >/tmp/sums
dpkg=var/lib/dpkg
[ -d $dpkg/info ] || exit 0
# A file's name stands before its lines, after a tab: no path of a list begins with one.
find $dpkg/info -name '*.list' -type f | sort | xargs -r awk 'FNR == 1 { print "\t" FILENAME } { print }' >$out/lists
awk '/^[A-Z]/ { inside = /^Conffiles:/; next } inside && NF >= 2 && $2 != "newconffile" { print $2 "  " substr($1, 2) }' \
  $dpkg/status >/tmp/sums
find $dpkg/info -name '*.md5sums' -type f | sort | xargs -r cat >>/tmp/sums
wc -l </tmp/sums >$out/sums
split -n l/4 /tmp/sums /tmp/sums.
for part in /tmp/sums.a?; do md5sum -c --quiet $part >$part.wrong 2>/dev/null & done
wait
cat /tmp/sums.a?.wrong >$out/wrong
[ ! -f $dpkg/diversions ] || cp $dpkg/diversions $out/diversions
find $dpkg/alternatives -type f 2>/dev/null | sort | xargs -r cat >$out/alternatives
for file in usr/share/doc/*/copyright; do
  [ ! -r "$file" ] || echo "$file"
done | xargs -r awk 'FNR == 1 { print "\001" FILENAME } { print }' >$out/copyright
)sh";

const std::string_view digest_script = R"sh(set -eu
cd /tmp/tree
# One file at a time, since a pipe hides the failure of its first command.
find . -type f -printf '%m %P\0' >/tmp/out/modes
find . -mindepth 1 ! -type f -printf '%P\0' >/tmp/out/others
find . -type f -printf '%P\0' >/tmp/paths
xargs -0 -r sha256sum -z -- </tmp/paths >/tmp/out/digests
)sh";

}  // namespace frontend
