//! The progress of a run: the time of each phase for `--verbose`, and a bar on a terminal if a run takes long.

use crate::engine::Phase;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The bar is shown once a run has taken this long.
const PATIENCE: Duration = Duration::from_secs(1);

/// The phases of a run so far, with their start times.
pub(super) struct Phases {
    began: RefCell<Vec<(&'static str, Instant)>>,
    bar: Option<(Sender<&'static str>, JoinHandle<()>)>,
}

impl Phases {
    /// Starts with the walk over the disk. With `has_bar` a bar is drawn on standard error once a run takes long.
    pub(super) fn begin(has_bar: bool) -> Self {
        let phases = Self { began: RefCell::default(), bar: has_bar.then(draw) };
        phases.enter("walk");
        phases
    }

    /// Enters a phase of the engine.
    pub(super) fn phase(&self, phase: Phase) {
        self.enter(phase.name());
    }

    pub(super) fn enter(&self, name: &'static str) {
        self.began.borrow_mut().push((name, Instant::now()));
        if let Some((sender, _)) = &self.bar {
            // If the thread has ended, there is no bar to update.
            let _ = sender.send(name);
        }
    }

    /// Removes the bar, so that later output starts on an empty line.
    pub(super) fn end(&mut self) {
        if let Some((sender, thread)) = self.bar.take() {
            drop(sender);
            let _ = thread.join();
        }
    }

    /// Writes the duration of each phase; repeated phases are summed up.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let began = self.began.borrow();
        let mut sums: Vec<(&str, Duration)> = Vec::new();
        for (index, (name, from)) in began.iter().enumerate() {
            let to = began.get(index + 1).map_or_else(Instant::now, |(_, next)| *next);
            match sums.iter_mut().find(|(other, _)| other == name) {
                Some((_, sum)) => *sum += to - *from,
                None => sums.push((name, to - *from)),
            }
        }
        for (name, sum) in sums {
            writeln!(out, "{name:<8} {:>9.3} ms", sum.as_secs_f64() * 1000.0)?;
        }
        Ok(())
    }
}

fn draw() -> (Sender<&'static str>, JoinHandle<()>) {
    let (sender, receiver) = channel::<&'static str>();
    let thread = std::thread::spawn(move || {
        let from = Instant::now();
        let mut bar: Option<ProgressBar> = None;
        let mut name = "walk";
        let mut entered = 0;
        loop {
            match receiver.recv_timeout(PATIENCE.saturating_sub(from.elapsed()).max(Duration::from_millis(100))) {
                Ok(next) => {
                    name = next;
                    entered += 1;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if from.elapsed() >= PATIENCE {
                let bar = bar.get_or_insert_with(|| {
                    let style = ProgressStyle::with_template("{bar:24} {msg} ({elapsed})");
                    ProgressBar::new(Phase::ALL.len() as u64 + 2)
                        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                });
                bar.set_position(entered);
                bar.set_message(name);
            }
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    });
    (sender, thread)
}
