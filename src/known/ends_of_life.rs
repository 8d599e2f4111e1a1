//! The end of security updates of languages and distributions.

use std::sync::LazyLock;

/// A release that gets no security updates after a day.
#[derive(Debug)]
pub(crate) struct EndOfLife {
    /// The product: `Python`, `Debian`.
    pub(crate) product: &'static str,
    /// The release: `3.8`, `10`.
    pub(crate) release: &'static str,
    /// The code name of a release of a distribution; `-` if it has none.
    pub(crate) code_name: &'static str,
    /// The last day with security updates: `2024-10-07`.
    pub(crate) day: &'static str,
}

/// The table of releases.
pub(crate) fn table() -> &'static [EndOfLife] {
    static TABLE: LazyLock<Vec<EndOfLife>> = LazyLock::new(|| {
        let rows = include_str!("ends_of_life.tsv").lines().filter(|line| !line.starts_with('#'));
        let end = |row: &'static str| {
            let mut columns = row.split('\t');
            Some(EndOfLife {
                product: columns.next()?,
                release: columns.next()?,
                code_name: columns.next()?,
                day: columns.next()?,
            })
        };
        rows.filter_map(end).collect()
    });
    &TABLE
}

/// The official images of a product, by their names on Docker Hub or in Microsoft's registry, and the number of parts
/// that its releases have in their tags.
pub(crate) const IMAGES: &[(&str, &str, usize)] = &[
    ("node", "Node.js", 1),
    ("python", "Python", 2),
    ("golang", "Go", 2),
    ("ruby", "Ruby", 2),
    ("php", "PHP", 2),
    ("debian", "Debian", 1),
    ("ubuntu", "Ubuntu", 2),
    ("alpine", "Alpine", 2),
    ("centos", "CentOS", 1),
    ("eclipse-temurin", "Temurin", 1),
    ("amazoncorretto", "Corretto", 1),
    ("mcr.microsoft.com/dotnet/aspnet", ".NET", 2),
    ("mcr.microsoft.com/dotnet/runtime", ".NET", 2),
    ("mcr.microsoft.com/dotnet/runtime-deps", ".NET", 2),
    ("mcr.microsoft.com/dotnet/sdk", ".NET", 2),
];

/// The day on which Docker Hub's image `openjdk` was given up: its tags of released versions get no updates
/// (<https://hub.docker.com/_/openjdk>, <https://github.com/docker-library/openjdk/issues/505>).
pub(crate) const OPENJDK_GIVEN_UP: &str = "2022-07-01";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_complete() {
        let rows = include_str!("ends_of_life.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(table().len(), rows);
        for end in table() {
            let is_date = end.day.len() == 10 && end.day.split('-').map(str::len).eq([4, 2, 2]);
            assert!(is_date && !end.release.is_empty(), "{end:?}");
        }
    }

    #[test]
    fn every_product_has_releases() {
        for (_, product, _) in IMAGES {
            assert!(table().iter().any(|end| end.product == *product), "{product}");
        }
    }
}
