//! Published container images: the tags of official ones, and the users that they start as.

use std::sync::LazyLock;

/// The user of some tags of an image.
#[derive(Debug)]
pub(crate) struct ImageUser {
    /// The repository; `*` at its end matches any continuation.
    pub(crate) name: &'static str,
    /// Parts of tags, separated by commas; `*` matches any tag.
    pub(crate) tags: &'static str,
    /// The user.
    pub(crate) user: &'static str,
}

/// The users of published images, from their Dockerfiles. The first row that matches applies.
pub(crate) fn users() -> &'static [ImageUser] {
    static USERS: LazyLock<Vec<ImageUser>> = LazyLock::new(|| {
        let rows = include_str!("image_users.tsv").lines().filter(|line| !line.starts_with('#'));
        let user = |row: &'static str| {
            let mut columns = row.split('\t');
            Some(ImageUser { name: columns.next()?, tags: columns.next()?, user: columns.next()? })
        };
        rows.filter_map(user).collect()
    });
    &USERS
}

/// A tag with a version that pointed to the same official image as a tag without one, when the table was written.
pub(crate) fn versioned_tag(name: &str, tag: &str) -> Option<&'static str> {
    let rows = include_str!("official_tags.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t')).filter(|(image, _)| *image == name).find_map(|(_, rest)| {
        let (floating, version) = rest.split_once('\t')?;
        (floating == tag).then_some(version)
    })
}
