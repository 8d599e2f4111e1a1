//! Suggestions for misspelt names.

/// The candidate that is most similar to a name, if they differ in at most half of the name's characters.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(candidate, name), candidate))
        .min()
        .filter(|(distance, _)| *distance <= name.chars().count() / 2)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_similar_names_are_suggested() {
        assert_eq!(nearest("root-usr", ["latest-tag", "root-user"]), Some("root-user"));
        assert_eq!(nearest("profil", ["profile", "extend"]), Some("profile"));
        assert_eq!(nearest("x", ["profile"]), None);
    }
}
