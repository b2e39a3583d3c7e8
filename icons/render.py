#!/usr/bin/env python3
"""Renders every icon file of this folder from icon.svg and the drawings in small/.

Needs rsvg-convert (Debian: librsvg2-bin) and Pillow (pip install pillow==13.0.0):

    python3 icons/render.py

All PNG files are 8-bit RGBA, which Tauri requires. Small sizes have drawings of their own on
whole pixels: a plain reduction of icon.svg is a grey blur there.
"""

import io
import struct
import subprocess
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent

PNG = {
    "16x16.png": 16,
    "24x24.png": 24,
    "32x32.png": 32,
    "48x48.png": 48,
    "64x64.png": 64,
    "128x128.png": 128,
    "128x128@2x.png": 256,
    "256x256.png": 256,
    "512x512.png": 512,
    "icon.png": 1024,
}

# Tauri's development window takes the first layer, which should be the one of 32 px.
ICO = [32, 16, 24, 48, 64, 256]

# Type codes of Apple's icon container. 16 and 32 px hold packed RGB and a mask, the others PNG.
ICNS = [
    ("ic11", 32),  # 16 pt @2x
    ("ic12", 64),  # 32 pt @2x
    ("ic07", 128),
    ("ic13", 256),  # 128 pt @2x
    ("ic08", 256),
    ("ic14", 512),  # 256 pt @2x
    ("ic09", 512),
    ("ic10", 1024),  # 512 pt @2x
]


SMALL = {16: "small/16.svg", 24: "small/24.svg", 32: "small/32.svg", 48: "small/24.svg"}


def drawn(size):
    source = HERE / SMALL.get(size, "icon.svg")
    png = subprocess.run(
        ["rsvg-convert", "--width", str(size), "--height", str(size), str(source)],
        check=True,
        capture_output=True,
    ).stdout
    return Image.open(io.BytesIO(png)).convert("RGBA")


def on_apple_grid(size):
    """macOS icons leave a margin: the tile takes 824 of 1024. 16 and 32 px stay whole to stay legible."""
    if size <= 32:
        return drawn(size)
    tile = round(size * 824 / 1024 / 2) * 2
    canvas = Image.new("RGBA", (size, size))
    canvas.paste(drawn(tile), ((size - tile) // 2, (size - tile) // 2))
    return canvas


def png_bytes(image):
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def bitmap(image):
    """A 32-bit bitmap as .ico layers hold it: bottom row first, BGRA, then an empty 1-bit mask."""
    width, height = image.size
    header = struct.pack("<IiiHHIIiiII", 40, width, height * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    pixels = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    return header + pixels + bytes((width + 31) // 32 * 4 * height)


def ico():
    layers = [(size, png_bytes(drawn(size)) if size == 256 else bitmap(drawn(size))) for size in ICO]
    head = struct.pack("<HHH", 0, 1, len(layers))
    offset = len(head) + 16 * len(layers)
    for size, data in layers:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return head + b"".join(data for _, data in layers)


def packed(channel):
    """Apple's run-length code: 0..127 = that many + 1 bytes as they are, 128..255 = one byte (code - 125) times."""
    out, plain, at = bytearray(), bytearray(), 0

    def flush():
        for start in range(0, len(plain), 128):
            part = plain[start : start + 128]
            out.append(len(part) - 1)
            out.extend(part)
        plain.clear()

    while at < len(channel):
        run = 1
        while at + run < len(channel) and run < 130 and channel[at + run] == channel[at]:
            run += 1
        if run >= 3:
            flush()
            out += bytes((run + 125, channel[at]))
        else:
            plain += channel[at : at + run]
        at += run
    flush()
    return bytes(out)


def icns():
    entries = []
    for rgb, mask, size in (("is32", "s8mk", 16), ("il32", "l8mk", 32)):
        *colours, alpha = (band.tobytes() for band in on_apple_grid(size).split())
        entries += [(rgb, b"".join(map(packed, colours))), (mask, alpha)]
    entries += [(code, png_bytes(on_apple_grid(size))) for code, size in ICNS]
    body = b"".join(code.encode() + struct.pack(">I", len(data) + 8) + data for code, data in entries)
    return b"icns" + struct.pack(">I", len(body) + 8) + body


for name, size in PNG.items():
    (HERE / name).write_bytes(png_bytes(drawn(size)))
(HERE / "icon.ico").write_bytes(ico())
(HERE / "icon.icns").write_bytes(icns())
