//! The machine's clock, as leases in files need it.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;

use jiff::Timestamp;

use super::record::Moment;

/// What the machine's clocks show.
pub(super) fn now() -> Moment {
    let steady = steady_ms();
    Moment {
        boot: steady.is_some().then(boot).flatten(),
        steady_ms: steady.unwrap_or(0),
        wall_ms: Timestamp::now().as_millisecond(),
    }
}

/// Which boot of the machine this is.
#[cfg(target_os = "linux")]
fn boot() -> Option<String> {
    static BOOT: OnceLock<Option<String>> = OnceLock::new();
    let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let boot = BOOT.get_or_init(|| read().map(|id| id.trim().to_owned()));
    boot.clone()
}

/// Milliseconds since the boot, sleep included: the one clock that all processes share and nobody can set.
#[cfg(target_os = "linux")]
fn steady_ms() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let seconds = text.split_whitespace().next()?;
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let tenths_and_hundredths: String = format!("{part:0<3}").chars().take(3).collect();
    let ms = whole.parse::<u64>().ok()?.checked_mul(1000)?;
    ms.checked_add(tenths_and_hundredths.parse().ok()?)
}

#[cfg(not(target_os = "linux"))]
fn boot() -> Option<String> {
    None
}

#[cfg(not(target_os = "linux"))]
fn steady_ms() -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn linux_says_which_boot_and_how_long_ago() {
        let first = super::now();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let then = super::now();
        assert_eq!(first.boot, then.boot);
        assert!(first.boot.is_some_and(|id| id.len() == 36));
        assert!(then.steady_ms > first.steady_ms);
    }
}
