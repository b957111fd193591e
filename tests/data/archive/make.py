#!/usr/bin/env python3
"""Writes the files beside it: one tar, layer or compressed file per fault, named by the fault, and well-formed ones made
by other programs (GNU tar, bsdtar, zstd). Needs Debian's tar, libarchive-tools and zstd only for the latter.

    tests/data/archive/make.py            # hostile ones
    tests/data/archive/make.py --foreign  # and those of other programs
"""
import bz2
import lzma
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).parent
END = bytes(1024)


def header(name=b"f", size=0, type=b"0", mode=b"0000644\0", uid=b"0000000\0", gid=b"0000000\0", mtime=b"00000000000\0",
           link=b"", magic=b"ustar\0" b"00", prefix=b"", size_field=None, checksum=None, extra=None):
    block = bytearray(512)

    def put(at, data):
        block[at:at + len(data)] = data

    put(0, name)
    put(100, mode)
    put(108, uid)
    put(116, gid)
    put(124, size_field if size_field is not None else b"%011o\0" % size)
    put(136, mtime)
    put(148, b" " * 8)
    put(156, type)
    put(157, link)
    put(257, magic)
    put(329, b"0000000\0" * 2)
    put(345, prefix)
    for at, data in (extra or {}).items():
        put(at, data)
    put(148, checksum if checksum is not None else b"%06o\0 " % sum(block))
    return bytes(block)


def body(data):
    return data + bytes(-len(data) % 512)


def entry(name=b"f", data=b"", **fields):
    return header(name, size=len(data), **fields) + body(data)


def record(key, value):
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def extension(data, type=b"x"):
    return header(b"extension", len(data), type) + body(data)


def pax(*records, type=b"x"):
    return extension(b"".join(record(k, v) for k, v in records), type)


def base256(value, size):
    return (value & ((1 << 8 * size) - 1) | (1 << 8 * size - 1)).to_bytes(size, "big")


OLD_GNU = b"ustar  \0"


def old_sparse(pairs, real, stored, more=False):
    extra = {386 + i * 24: b"%011o\0%011o\0" % pair for i, pair in enumerate(pairs)}
    extra[482] = b"\1" if more else b"\0"
    extra[483] = b"%011o\0" % real
    return header(b"sparse", stored, b"S", magic=OLD_GNU, extra=extra)


def sparse_0_1(pairs, real, stored, name=b"sparse"):
    return pax((b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.name", name),
               (b"GNU.sparse.map", pairs)) + header(b"GNUSparseFile.0/f", stored)


def sparse_1_0(data, real=b"4096", version=b"1"):
    records = [(b"GNU.sparse.major", version), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"sparse")]
    if real is not None:
        records.append((b"GNU.sparse.realsize", real))
    return pax(*records) + entry(b"GNUSparseFile.0/f", data)


TARS = {
    "checksum-wrong": header(checksum=b"001234\0 "),
    "checksum-not-octal": header(checksum=b"zzzzzz\0 "),
    "mode-not-octal": header(mode=b"0000648\0"),
    "size-not-octal": header(size_field=b"000000000x4\0"),
    "size-negative": header(size_field=base256(-1, 12)),
    "size-beyond-63-bits": header(size_field=base256(1 << 70, 12)),
    "size-larger-than-archive": header(size_field=base256((1 << 62), 12)) + body(b"x"),
    "uid-negative": header(uid=base256(-2, 8)),
    "gid-beyond-32-bits": header(gid=base256(1 << 32, 8)),
    "name-missing": header(b""),
    "type-multi-volume": header(type=b"M"),
    "type-unprintable": header(type=b"\x07"),
    "symlink-without-target": header(type=b"2"),
    "hardlink-without-target": header(type=b"1"),
    "zero-block-between-entries": entry() + bytes(512) + entry(b"g"),
    "header-cut-short": entry() + header()[:100],
    "body-cut-short": header(size=600) + b"x" * 300,
    "padding-cut-short": header(size=3) + b"abc" + bytes(9),
    "ends-after-pax-header": pax((b"path", b"a")),
    "zeros-after-pax-header": pax((b"path", b"a")) + END,
    "pax-header-cut-short": header(size=700, type=b"x") + b"7 a=bc\n",
    "pax-header-too-large": header(size=1 << 21, type=b"x"),
    "pax-length-missing": extension(b" a=b\n") + header(),
    "pax-length-zero": extension(b"0 a=b\n") + header(),
    "pax-length-too-long": extension(b"99 a=b\n") + header(),
    "pax-length-overflows": extension(b"99999999999999999999 a=b\n") + header(),
    "pax-without-newline": extension(b"6 a=bc") + header(),
    "pax-without-equals": extension(b"6 abc\n") + header(),
    "pax-key-empty": extension(b"5 =b\n") + header(),
    "pax-key-with-nul": pax((b"a\0b", b"c")) + header(),
    "pax-path-with-nul": pax((b"path", b"etc\0/passwd")) + header(),
    "pax-linkpath-with-nul": pax((b"linkpath", b"a\0b")) + header(type=b"2"),
    "pax-size-not-a-number": pax((b"size", b"-1")) + header(),
    "pax-size-beyond-63-bits": pax((b"size", b"9223372036854775808")) + header(),
    "pax-uid-beyond-32-bits": pax((b"uid", b"4294967295")) + header(),
    "pax-mtime-not-a-time": pax((b"mtime", b"1.2.3")) + header(),
    "pax-mtime-beyond-63-bits": pax((b"mtime", b"9223372036854775808")) + header(),
    "pax-xattr-without-name": pax((b"SCHILY.xattr.", b"v")) + header(),
    "pax-xattr-name-with-nul": pax((b"LIBARCHIVE.xattr.a%00b", b"dg")) + header(),
    "pax-xattr-not-base64": pax((b"LIBARCHIVE.xattr.user.a", b"!")) + header(),
    "two-pax-headers": pax((b"path", b"a")) + pax((b"path", b"b")) + header(),
    "global-pax-header-with-path": pax((b"path", b"a"), type=b"g") + header(),
    "global-pax-header-with-size": pax((b"size", b"0"), type=b"g") + header(),
    "global-pax-header-too-large": pax((b"SCHILY.xattr.user.a", b"x" * 5000), type=b"g") + header(),
    "long-name-with-nul": extension(b"etc\0/passwd\0", b"L") + header(),
    "two-long-names": extension(b"a\0", b"L") * 2 + header(),
    "two-long-links": extension(b"a\0", b"K") * 2 + header(type=b"2"),
    "pax-and-gnu-long-name": extension(b"a\0", b"L") + pax((b"path", b"b")) + header(),
    "sparse-map-odd": sparse_0_1(b"0,1,2", 4096, 1),
    "sparse-map-not-numbers": sparse_0_1(b"0,x", 4096, 1),
    "sparse-map-overlaps": sparse_0_1(b"0,10,5,10", 4096, 20),
    "sparse-map-descends": sparse_0_1(b"1024,10,0,10", 4096, 20),
    "sparse-map-beyond-size": sparse_0_1(b"0,10,4090,10", 4096, 20),
    "sparse-map-overflows": sparse_0_1(b"10,9223372036854775807", 4096, 10),
    "sparse-map-says-more-than-stored": sparse_0_1(b"0,10", 4096, 5),
    "sparse-map-says-less-than-stored": sparse_0_1(b"0,10", 4096, 50),
    "sparse-without-map": pax((b"GNU.sparse.size", b"4096")) + header(),
    "sparse-without-size": sparse_1_0(b"1\n0\n1\n" + bytes(506) + b"x", None),
    "sparse-version-unknown": sparse_1_0(b"", b"4096", b"2"),
    "sparse-numbytes-without-offset": pax((b"GNU.sparse.size", b"9"), (b"GNU.sparse.numbytes", b"1")) + header(),
    "sparse-1.0-map-not-numbers": sparse_1_0(b"1\nx\n1\n" + bytes(506)),
    "sparse-1.0-map-too-long": sparse_1_0(b"9" * 600),
    "sparse-1.0-map-beyond-body": sparse_1_0(b"999\n" + b"0\n0\n" * 127),
    "sparse-old-map-cut-short": old_sparse([(0, 1)] * 4, 4096, 4, more=True),
    "sparse-old-map-negative": header(b"sparse", 1, b"S", magic=OLD_GNU, extra={386: base256(-5, 12) + b"%011o\0" % 1}),
    "sparse-old-size-negative": header(b"sparse", 1, b"S", magic=OLD_GNU, extra={483: base256(-5, 12)}),
}

HOSTILE = {
    "name-with-dotdot": entry(b"../etc/passwd", b"x"),
    "name-with-dotdot-inside": entry(b"a/../../etc/passwd", b"x"),
    "name-ends-in-dotdot": entry(b"a/..", type=b"5"),
    "name-too-long": pax((b"path", b"a/" * 2100 + b"f")) + entry(b"f"),
    "name-with-nul": pax((b"path", b"etc\0/passwd")) + entry(b"f", b"x"),
    "name-with-nul-in-header": entry(b"etc\0/passwd", b"x"),
    "link-with-nul-in-header": entry(b"a", type=b"2", link=b"etc\0/passwd"),
    "component-too-long": pax((b"path", b"a" * 256)) + entry(b"f"),
    "root-as-file": entry(b"./", b"x"),
    "root-as-symlink": entry(b"/", type=b"2", link=b"/etc"),
    "root-as-hardlink": entry(b".", type=b"1", link=b"a"),
    "hardlink-with-dotdot": entry(b"a", type=b"1", link=b"../../etc/passwd"),
    "hardlink-to-missing": entry(b"a", type=b"1", link=b"b"),
    "hardlink-to-absolute-outside": entry(b"a", type=b"1", link=b"/etc/passwd"),
    "hardlink-through-link-outside": entry(b"out", type=b"2", link=b"/etc") + entry(b"a", type=b"1", link=b"out/passwd"),
    "hardlink-below-file": entry(b"f", b"x") + entry(b"a", type=b"1", link=b"f/passwd"),
    "hardlink-to-root": entry(b"a", type=b"1", link=b"/"),
    "hardlink-to-directory": entry(b"d/", type=b"5") + entry(b"a", type=b"1", link=b"d"),
    "hardlink-over-its-parent": entry(b"d/f", b"x") + entry(b"d", type=b"1", link=b"d/f"),
    "whiteout-of-nothing": entry(b"a/.wh."),
    "whiteout-of-dot": entry(b"a/.wh.."),
    "whiteout-of-dotdot": entry(b"a/.wh..."),
    "name-below-whiteout": entry(b"a/.wh.b/c", b"x"),
    "parent-is-file": entry(b"f", b"x") + entry(b"f/g", b"y"),
    "parent-links-in-circle": entry(b"a", type=b"2", link=b"b") + entry(b"b", type=b"2", link=b"a") + entry(b"a/f", b"x"),
    "parent-links-to-itself": entry(b"a", type=b"2", link=b"a") + entry(b"a/f", b"x"),
    "parent-links-to-dotdot-file": entry(b"f", b"x") + entry(b"a", type=b"2", link=b"../../f") + entry(b"a/g", b"y"),
    "sparse-size-beyond-file-system": header(b"sparse", 1, b"S", magic=OLD_GNU, extra={
        386: b"%011o\0%011o\0" % (0, 1), 483: base256((1 << 63) - 1, 12)}) + body(b"x"),
    "xattr-capability-malformed": pax((b"SCHILY.xattr.security.capability", b"nonsense")) + entry(b"f", b"x"),
}

# Odd, but meant by somebody: they land inside the root.
CONTAINED = {
    "name-absolute": entry(b"/etc/passwd", b"x"),
    "name-with-dots-and-slashes": entry(b".//./etc///./passwd", b"x"),
    "parent-links-to-absolute": entry(b"a", type=b"2", link=b"/etc") + entry(b"a/passwd", b"x"),
    "parent-links-above-root": entry(b"a", type=b"2", link=b"../../../etc") + entry(b"a/passwd", b"x"),
    "parent-links-to-link": entry(b"b", type=b"2", link=b"../..") + entry(b"a", type=b"2", link=b"b/etc")
                            + entry(b"a/passwd", b"x"),
    "file-over-link-outside": entry(b"a", type=b"2", link=b"/etc/passwd") + entry(b"a", b"x"),
    "hardlink-to-link-outside": entry(b"a", type=b"2", link=b"/etc/passwd") + entry(b"b", type=b"1", link=b"a"),
    "hardlink-to-absolute": entry(b"etc/passwd", b"x") + entry(b"a", type=b"1", link=b"/etc/passwd"),
    "whiteout-through-link-outside": entry(b"a", type=b"2", link=b"/etc") + entry(b"a/.wh.passwd"),
}
PLAIN = b"what a gzip file holds\n" * 40


def gz(data=PLAIN, flags=0, method=8, fields=b"", crc=None, size=None):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = squeeze.compress(data) + squeeze.flush()
    head = b"\x1f\x8b" + bytes([method, flags]) + bytes(4) + b"\0\x03" + fields
    crc = zlib.crc32(data) if crc is None else crc
    return head + deflated + struct.pack("<II", crc, len(data) if size is None else size)


GZIPS = {
    "empty-after-magic": b"\x1f\x8b",
    "method-unknown": gz(method=7),
    "flags-reserved": gz(flags=0x20),
    "header-crc-wrong": gz(flags=2, fields=b"\0\0"),
    "header-name-unending": gz(flags=8, fields=b"x" * 50)[:60],
    "header-extra-cut-short": gz(flags=4, fields=b"\xff\xff")[:40],
    "block-type-invalid": gz()[:10] + b"\x07" + gz()[11:],
    # One fixed block: a match of length 3 at distance 1, with nothing before it.
    "distance-beyond-start": gz()[:10] + bytes.fromhex("030200") + struct.pack("<II", 0, 0),
    "cut-in-data": gz()[:30],
    "cut-in-trailer": gz()[:-3],
    "cut-before-trailer": gz()[:-8],
    "crc-wrong": gz(crc=0x12345678),
    "size-wrong": gz(size=12),
    "garbage-after-member": gz() + b"garbage",
    "zeros-after-member": gz() + bytes(512),
    "second-member-cut-short": gz() + gz()[:25],
    "second-member-crc-wrong": gz() + gz(crc=1),
}


def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def zstds():
    plain = zstd(PLAIN, "--check")
    return {
        "empty-after-magic": plain[:4],
        "cut-in-frame": plain[:-10],
        "cut-in-checksum": plain[:-2],
        "checksum-wrong": plain[:-1] + bytes([plain[-1] ^ 1]),
        "block-damaged": plain[:10] + bytes(4) + plain[14:],
        "garbage-after-frame": plain + b"garbage",
        "skippable-frame-cut-short": b"\x50\x2a\x4d\x18" + struct.pack("<I", 100) + b"xx",
        # Magic, no single segment, window exponent 18: 256 MiB; one empty raw block.
        "window-too-large": b"\x28\xb5\x2f\xfd" + bytes([0, 18 << 3]) + b"\1\0\0",
        "dictionary-wanted": b"\x28\xb5\x2f\xfd" + bytes([1, 10 << 3, 77]) + b"\1\0\0",
    }


def xzs():
    plain = lzma.compress(PLAIN)
    return {
        "cut-in-data": plain[:40],
        "cut-in-footer": plain[:-4],
        "data-damaged": plain[:40] + b"\xff" + plain[41:],
        "footer-damaged": plain[:-1] + b"x",
        "garbage-after-stream": plain + b"garbage, longer than a header",
    }


def bzip2s():
    plain = bz2.compress(PLAIN)
    return {
        "cut-in-data": plain[:40],
        "cut-in-trailer": plain[:-2],
        "data-damaged": plain[:40] + b"\xff" + plain[41:],
        "garbage-after-stream": plain + b"garbage",
        "second-stream-cut-short": plain + plain[:20],
    }


def write(folder, suffix, files, ending=b""):
    (HERE / folder).mkdir(exist_ok=True)
    for name, data in files.items():
        (HERE / folder / (name + suffix)).write_bytes(data + ending)


def foreign():
    """One small tree, as different programs write it."""
    out = HERE / "foreign"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as at:
        tree = pathlib.Path(at)
        long = "a-directory-whose-name-is-long/" * 5 + "file"
        (tree / long).parent.mkdir(parents=True)
        (tree / long).write_text("long\n")
        (tree / "link").symlink_to(long)
        os.link(tree / long, tree / "hard")
        (tree / "caf\u00e9").write_text("utf-8\n")
        with open(tree / "sparse", "wb") as f:
            for start in range(0, 6):
                f.seek(start * 65536)
                f.write(b"data %2d" % start)
            f.truncate(6 * 65536)
        (tree / "hole").touch()
        os.truncate(tree / "hole", 100000)
        os.setxattr(tree / "hard", "user.note", b"value\0with NUL")
        for path in [*tree.rglob("*"), tree]:
            os.utime(path, ns=(1_600_000_000_500_000_000,) * 2, follow_symlinks=False)
        common = ["-C", at, "--sort=name", "-b1", "--owner=0", "--group=0", "--numeric-owner"]
        gnu = lambda name, *options: subprocess.run(
            ["tar", "-cf", out / name, *options, *common, "."], check=True, stderr=subprocess.DEVNULL)
        gnu("gnu.tar", "--format=gnu", "-S")
        gnu("oldgnu.tar", "--format=oldgnu", "-S")
        gnu("pax-sparse-0.0.tar", "--format=posix", "-S", "--sparse-version=0.0", "--xattrs")
        gnu("pax-sparse-0.1.tar", "--format=posix", "-S", "--sparse-version=0.1", "--xattrs")
        gnu("pax-sparse-1.0.tar", "--format=posix", "-S", "--sparse-version=1.0", "--xattrs")
        subprocess.run(["bsdtar", "-cf", out / "bsdtar-pax.tar", "--format=pax", "-b1", "-C", at, "--uid=0", "--gid=0", "."],
                       check=True)


if __name__ == "__main__":
    write("tar", ".tar", TARS)
    write("hostile", ".tar", HOSTILE, END)
    write("contained", ".tar", CONTAINED, END)
    write("gzip", ".gz", GZIPS)
    write("xz", ".xz", xzs())
    write("bzip2", ".bz2", bzip2s())
    if "--foreign" in sys.argv:
        write("zstd", ".zst", zstds())
        write("hostile", ".tar.zst", {"bomb-of-zeros": zstd(entry(b"zeros", bytes(300 << 20)) + END, "-19")})
        foreign()
