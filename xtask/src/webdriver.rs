//! Just enough of W3C WebDriver (<https://www.w3.org/TR/webdriver2/>) to look at a window:
//! open, ask by script, take a picture, close.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::shell;

/// A slow machine may need this long to load WebKit for the first time.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// A running WebKitWebDriver. It and the windows that it opened end when this is dropped.
pub(crate) struct Driver {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Driver {
    pub(crate) fn start(log: &Path) -> Result<Self> {
        // Free now; should another program take it before the driver does, the driver says so.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let output = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
        let process = shell::command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            // Makes the shell open its window for automation.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output)
            .spawn()
            .context("could not start WebKitWebDriver")?;
        let mut driver = Self { process, address: (Ipv4Addr::LOCALHOST, port).into(), log: log.into() };
        driver.wait_until_ready()?;
        Ok(driver)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if self.process.try_wait()?.is_some() || started.elapsed() > ANSWER_LIMIT {
                bail!("WebKitWebDriver does not answer: {}", shell::tail(&self.log));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Opens the app.
    pub(crate) fn open(&self, binary: &Path, args: &[String]) -> Result<Window<'_>> {
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": binary, "args": args },
        }}});
        let answer = self
            .call("POST", "/session", Some(&wanted))
            .with_context(|| format!("the window did not open; {}:\n{}", self.log.display(), shell::tail(&self.log)))?;
        let id = answer["sessionId"].as_str().context("a session has an id")?;
        Ok(Window { driver: self, session: format!("/session/{id}") })
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).with_context(|| format!("no answer to {method} {path}"))?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").context("an HTTP answer has a head")?;
        let mut answer: Value = serde_json::from_str(body).context("a WebDriver answer is JSON")?;
        let value = answer["value"].take();
        if !head.starts_with("HTTP/1.1 200") {
            let text = |field: &str| value[field].as_str().unwrap_or("no reason").to_owned();
            bail!("{method} {path}: {}: {}", text("error"), text("message"));
        }
        Ok(value)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) struct Window<'a> {
    driver: &'a Driver,
    session: String,
}

impl Window<'_> {
    /// Waits until an element that matches `selector` is in the page.
    pub(crate) fn wait_for(&self, selector: &str, limit: Duration) -> Result<()> {
        let script = json!({
            "script": "return document.querySelector(arguments[0]) !== null",
            "args": [selector],
        });
        let started = Instant::now();
        while self.call("POST", "execute/sync", Some(&script))? != Value::Bool(true) {
            if started.elapsed() > limit {
                bail!("no {selector} after {} s", limit.as_secs());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A picture of the window, as PNG.
    pub(crate) fn picture(&self) -> Result<Vec<u8>> {
        // What has changed by now is painted by the second frame from now.
        let painted = json!({
            "script": "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))",
            "args": [],
        });
        self.call("POST", "execute/async", Some(&painted))?;
        let answer = self.call("GET", "screenshot", None)?;
        base64(answer.as_str().context("a picture is text")?).context("a picture is base64")
    }

    /// Ends the app.
    pub(crate) fn close(self) -> Result<()> {
        self.driver.call("DELETE", &self.session, None).map(drop)
    }

    fn call(&self, method: &str, command: &str, body: Option<&Value>) -> Result<Value> {
        self.driver.call(method, &format!("{}/{command}", self.session), body)
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for symbol in text.trim_end_matches('=').bytes() {
        let six = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\n' | b'\r' => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_every_remainder_is_read() {
        // RFC 4648, section 10.
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob")] {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(base64("Zm9v?"), None);
    }
}
