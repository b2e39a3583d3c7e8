//! How WebKitGTK paints the window.

use std::{os::unix::process::CommandExt, path::Path, process::Command};

/// By it WebKitGTK is told, before it starts, to paint straight onto the window. A person may have set it already.
const PAINT_PLAINLY: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Paints straight onto the window where there is no graphics card (in a virtual machine, over a remote desktop).
///
/// WebKitGTK composes layers through OpenGL also where that is left to the processor, and a frame takes several times
/// as long there as painting what has changed. It reads how to paint from the environment alone, which a process cannot
/// safely change for itself; so this one becomes itself again, with the variable set.
pub(super) fn suit_machine() {
    if std::env::var_os(PAINT_PLAINLY).is_some() || has_graphics_card(Path::new("/dev/dri")) {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Returns only when it fails; then the window is slower, and works.
        let _ = Command::new(program).args(std::env::args_os().skip(1)).env(PAINT_PLAINLY, "1").exec();
    }
}

/// Whether the kernel offers one to render with; a card that only shows pictures has no such node.
fn has_graphics_card(devices: &Path) -> bool {
    let Ok(nodes) = std::fs::read_dir(devices) else { return false };
    nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::has_graphics_card;

    #[test]
    fn a_card_is_one_that_renders() {
        let devices = tempfile::tempdir().expect("a folder");
        assert!(!has_graphics_card(&devices.path().join("none")));
        std::fs::write(devices.path().join("card0"), "").expect("a node of a screen");
        assert!(!has_graphics_card(devices.path()));
        std::fs::write(devices.path().join("renderD128"), "").expect("a node to render with");
        assert!(has_graphics_card(devices.path()));
    }
}
