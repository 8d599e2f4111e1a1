//! Runtimes of Cloud Run functions and their end.

/// The day on which the dates of the table are judged: that of the release. No check reads a clock.
pub(crate) const AS_OF: &str = "2026-11-27";

/// Ends before this day had passed when the table was read, so that they are certain.
pub(crate) const CERTAIN_BEFORE: &str = "2025-12-01";

/// The end of support and the end of deployments of a runtime (`2025-10-30`), if the table has it.
pub(crate) fn ends(runtime: &str) -> Option<(&'static str, &'static str)> {
    let lines = include_str!("runtimes.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).find(|(id, _)| *id == runtime)?.1.split_once('\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_two_dates_in_order() {
        let lines = include_str!("runtimes.tsv").lines().filter(|line| !line.starts_with('#'));
        for id in lines.map(|line| line.split('\t').next().expect("an id")) {
            let (support, deployments) = ends(id).expect("two dates");
            let is_date = |date: &str| date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]);
            assert!(is_date(support) && is_date(deployments) && support < deployments, "{id}");
        }
        assert_eq!(ends("nodejs99"), None);
    }
}
