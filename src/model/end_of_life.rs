//! Base images of releases that get no security updates any more.

use super::image::Image;
use crate::known::ends_of_life::{EndOfLife, IMAGES, OPENJDK_GIVEN_UP, table};
use crate::known::runtimes::AS_OF;

/// A release without security updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The release for messages: `Python 3.8`, `Debian 10`.
    pub release: String,
    /// The last day with security updates.
    pub day: &'static str,
    /// Whether programs that are compiled with it carry it along, so that it matters in stages that only build.
    pub is_compiled_in: bool,
}

impl Image {
    /// The tag as written, also before a digest.
    fn written_tag(&self) -> Option<&str> {
        let raw = self.text.raw();
        let path = raw.split_once('@').map_or(raw, |(path, _)| path);
        let last = path.rfind('/').map_or(0, |at| at + 1);
        path[last..].split_once(':').map(|(_, tag)| tag)
    }

    /// The product of an official image, and the number of parts that its releases have in tags.
    fn product(&self) -> Option<(&'static str, usize)> {
        let repository = self.repository();
        let name = self.hub_name().unwrap_or(&repository);
        IMAGES.iter().find(|(image, ..)| *image == name).map(|(_, product, parts)| (*product, *parts))
    }

    /// Whether its tag decides which release of a language or a distribution it holds.
    pub fn tells_release(&self) -> bool {
        self.product().is_some()
    }

    /// The release that it holds, if that got no security updates on the day of this program's release: of the
    /// language, or else of the distribution below it. `None` if it is supported or unknown.
    pub fn ended(&self) -> Option<Ended> {
        if let Some(distroless) = self.repository().strip_prefix("gcr.io/distroless/") {
            return of_distroless(distroless);
        }
        let tag = self.written_tag()?;
        if self.hub_name() == Some("openjdk") {
            let is_early = tag.contains("-ea");
            let released = tag.starts_with(|c: char| c.is_ascii_digit()) && !is_early;
            let release = "the image `openjdk`, which was given up".to_owned();
            return released.then_some(Ended { release, day: OPENJDK_GIVEN_UP, is_compiled_in: false });
        }
        let (product, parts) = self.product()?;
        let mut words = tag.split('-');
        let first = words.next().unwrap_or_default();
        of_release(product, &release(first, parts))
            .or_else(|| of_code_name(product, first))
            .or_else(|| words.find_map(of_distribution))
    }
}

/// The release in the first part of a tag: `3.8.19` is 3.8 where releases have two parts. `8u252` is Java 8.
fn release(word: &str, parts: usize) -> String {
    let number = word.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
    let number = number.trim_end_matches('.').split('.').take(parts).collect::<Vec<_>>().join(".");
    // .NET 6.0 is `6` in the table, as is every release from 5 on.
    number
        .strip_suffix(".0")
        .filter(|major| parts == 2 && major.len() < 3 && *major >= "5")
        .map_or(number.clone(), str::to_owned)
}

/// The part of a tag that names the distribution of an image: `buster`, `alpine3.14`.
fn of_distribution(word: &str) -> Option<Ended> {
    match word.strip_prefix("alpine").filter(|release| !release.is_empty()) {
        Some(release) => of_release("Alpine", release),
        None => of_code_name("Debian", word).or_else(|| of_code_name("Ubuntu", word)),
    }
}

/// `nodejs16-debian11`, `base-debian10`.
fn of_distroless(name: &str) -> Option<Ended> {
    let (language, distribution) = name.rsplit_once("-debian")?;
    let node = language.strip_prefix("nodejs").and_then(|release| of_release("Node.js", release));
    node.or_else(|| of_release("Debian", distribution))
}

fn of_release(product: &str, release: &str) -> Option<Ended> {
    find(|end| end.product == product && end.release == release)
}

fn of_code_name(product: &str, name: &str) -> Option<Ended> {
    find(|end| end.product == product && end.code_name == name)
}

fn find(is_it: impl Fn(&EndOfLife) -> bool) -> Option<Ended> {
    let end = table().iter().find(|end| is_it(end)).filter(|end| end.day <= AS_OF)?;
    let release = format!("{} {}", end.product, end.release);
    Some(Ended { release, day: end.day, is_compiled_in: end.product == "Go" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;
    use crate::span::{SourceId, Span};

    fn ended(text: &str) -> Option<String> {
        let image = Image::of(Text::standing_for(text, Span::new(SourceId(0), 0, text.len() as u32)));
        image.ended().map(|ended| format!("{} {}", ended.release, ended.day))
    }

    #[test]
    fn a_release_is_read_from_the_tag() {
        assert_eq!(ended("node:16.20-alpine").as_deref(), Some("Node.js 16 2023-09-11"));
        assert_eq!(ended("python:3.8.19-slim").as_deref(), Some("Python 3.8 2024-10-07"));
        assert_eq!(ended("docker.io/library/golang:1.19").as_deref(), Some("Go 1.19 2023-09-06"));
        assert_eq!(ended("debian:buster-slim").as_deref(), Some("Debian 10 2024-06-30"));
        assert_eq!(ended("debian:10.13").as_deref(), Some("Debian 10 2024-06-30"));
        assert_eq!(ended("ubuntu:18.04").as_deref(), Some("Ubuntu 18.04 2023-05-31"));
        assert_eq!(ended("alpine:3.14.2@sha256:00").as_deref(), Some("Alpine 3.14 2023-05-01"));
        assert_eq!(ended("mcr.microsoft.com/dotnet/aspnet:6.0-alpine").as_deref(), Some(".NET 6 2024-11-12"));
        assert_eq!(ended("mcr.microsoft.com/dotnet/sdk:3.1").as_deref(), Some(".NET 3.1 2022-12-13"));
        assert!(ended("openjdk:17-slim").is_some());
    }

    #[test]
    fn the_distribution_below_a_supported_language_counts() {
        assert_eq!(ended("python:3.13-slim-buster").as_deref(), Some("Debian 10 2024-06-30"));
        assert_eq!(ended("node:24-alpine3.17").as_deref(), Some("Alpine 3.17 2024-11-22"));
        assert_eq!(ended("gcr.io/distroless/base-debian10").as_deref(), Some("Debian 10 2024-06-30"));
        assert_eq!(ended("gcr.io/distroless/nodejs16-debian12").as_deref(), Some("Node.js 16 2023-09-11"));
    }

    #[test]
    fn supported_and_unknown_releases_have_no_end() {
        let images = [
            "python:3.13",
            "python:3.13-slim-bookworm",
            "python",
            "python:slim",
            "node:lts",
            "golang:1",
            "ubuntu:24.04",
            "company/python:3.8",
            "gcr.io/p/node:14",
            "openjdk",
            "openjdk:27-ea-slim",
            "ruby:3.4",
            "alpine:edge",
            "eclipse-temurin:21-jre",
            "gcr.io/distroless/static-debian12",
            "node:\u{fffc}",
            "python:3.\u{fffc}",
        ];
        for image in images {
            assert_eq!(ended(image), None, "{image}");
        }
    }
}
