"""Asks GTK, as a desktop's menu does, for Weekwise's entry and its icon. Prints what is wrong, if anything."""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gio, Gtk

entries = {entry.get_id(): entry for entry in Gio.AppInfo.get_all() if entry.should_show()}
entry = entries.get("weekwise.desktop")
if entry is None:
    sys.exit(f"the menu shows only {sorted(entries)}")
if entry.get_name() != "Weekwise":
    sys.exit(f"the menu calls it {entry.get_name()}")
theme = Gtk.IconTheme()
theme.set_custom_theme("hicolor")
for size in (16, 24, 48, 256):
    icon = theme.lookup_by_gicon(entry.get_icon(), size, 0)
    if icon is None:
        sys.exit(f"there is no icon of {size} pixels")
    print(icon.get_filename())
print(f"{entry.get_name()}: {entry.get_commandline()}, {entry.get_categories()}")
