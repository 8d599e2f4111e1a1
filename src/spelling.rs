//! Suggestions for misspelt names.

/// The candidate that is most similar to a name, if they differ in at most half of the name's characters, or in one if
/// the candidate has digits: with two other digits it is another name. Upper and lower case are the same.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (lower, length) = (name.to_lowercase(), name.chars().count());
    let half = length / 2;
    let is_similar = |(distance, candidate): &(usize, &str)| {
        let has_digits = candidate.bytes().any(|b| b.is_ascii_digit());
        *distance <= if has_digits { half.min(1) } else { half }
    };
    candidates
        .into_iter()
        // They differ at least in length. A long name would be compared with every candidate for nothing.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= half)
        .map(|candidate| (strsim::damerau_levenshtein(&candidate.to_lowercase(), &lower), candidate))
        .filter(is_similar)
        .min()
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
        assert_eq!(nearest("Profil", ["profile", "extend"]), Some("profile"));
        assert_eq!(nearest("DL3080", ["DL3007", "DL3008"]), Some("DL3008"));
        assert_eq!(nearest("DL4001", ["DL3007"]), None);
    }
}
