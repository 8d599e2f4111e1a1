//! Patterns of paths in the notation of `.dockerignore`.

use std::collections::BTreeSet;

/// A pattern over whole paths: `*` and `?` stop at slashes, `**` does not, `[a-z]` is one character, `\` takes the next
/// character as it is. A match takes time in proportion to the lengths of the path and of the pattern.
///
/// Meaning: moby's patternmatcher, <https://docs.docker.com/build/concepts/context/#dockerignore-files>.
#[derive(Debug)]
pub struct Glob {
    tokens: Box<[Token]>,
    /// The number of tokens at the start that are plain characters.
    plain: usize,
}

#[derive(Debug)]
enum Token {
    Char(char),
    /// `?`.
    One,
    /// `*`.
    Star,
    /// `**`.
    All,
    /// `**/`: nothing, or folders. `Folders` stands before the first of them and `Inside` within.
    Folders,
    Inside,
    /// `[...]`.
    Class {
        is_negated: bool,
        ranges: Box<[(char, char)]>,
    },
}

impl Glob {
    /// Parses a pattern; `None` if it has a class that is not supported, such as `[\pL]`.
    pub fn new(pattern: &str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = pattern;
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            match character {
                '*' if rest.starts_with("**/") => {
                    tokens.extend([Token::Folders, Token::Inside]);
                    length = 3;
                }
                '*' if rest.starts_with("**") => {
                    tokens.push(Token::All);
                    length = 2;
                }
                '*' => tokens.push(Token::Star),
                '?' => tokens.push(Token::One),
                '[' => {
                    // A bracket that is never closed stands for itself.
                    let Some(end) = rest.find(']') else {
                        tokens.extend(rest.chars().map(Token::Char));
                        break;
                    };
                    tokens.push(class(&rest[1..end])?);
                    length = end + 1;
                }
                '\\' if rest.len() > 1 => {
                    let escaped = rest[1..].chars().next()?;
                    tokens.push(Token::Char(escaped));
                    length += escaped.len_utf8();
                }
                other => tokens.push(Token::Char(other)),
            }
            rest = &rest[length..];
        }
        let plain = tokens.iter().take_while(|token| matches!(token, Token::Char(_))).count();
        Some(Self { tokens: tokens.into(), plain })
    }

    /// Whether the pattern matches the whole of a path.
    pub fn matches(&self, path: &str) -> bool {
        let mut path = path.chars();
        // Most patterns differ from most paths in their first characters.
        for token in &self.tokens[..self.plain] {
            let Token::Char(character) = token else { break };
            if path.next() != Some(*character) {
                return false;
            }
        }
        let mut states = BTreeSet::new();
        self.reach(self.plain, &mut states);
        for character in path {
            let mut next = BTreeSet::new();
            for state in states {
                let Some(token) = self.tokens.get(state) else { continue };
                match token {
                    Token::Star if character != '/' => self.reach(state, &mut next),
                    Token::All => self.reach(state, &mut next),
                    Token::Inside => {
                        next.insert(state);
                        if character == '/' {
                            self.reach(state + 1, &mut next);
                        }
                    }
                    token if token.takes(character) => self.reach(state + 1, &mut next),
                    _ => {}
                }
            }
            states = next;
            if states.is_empty() {
                return false;
            }
        }
        states.contains(&self.tokens.len())
    }

    /// Adds a place in the pattern, and those that follow it without a character.
    fn reach(&self, mut state: usize, into: &mut BTreeSet<usize>) {
        while into.insert(state) {
            match self.tokens.get(state) {
                Some(Token::Star | Token::All) => state += 1,
                Some(Token::Folders) => {
                    into.insert(state + 1);
                    state += 2;
                }
                _ => break,
            }
        }
    }
}

impl Token {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Char(own) => *own == character,
            Self::One => character != '/',
            Self::Class { is_negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&character)) != *is_negated
            }
            Self::Star | Self::All | Self::Folders | Self::Inside => false,
        }
    }
}

/// The content of brackets.
fn class(content: &str) -> Option<Token> {
    let (content, is_negated) = content.strip_prefix('^').map_or((content, false), |rest| (rest, true));
    let mut ranges = Vec::new();
    let mut characters = content.chars().peekable();
    while let Some(from) = next_of_class(&mut characters, &mut ranges)? {
        let mut to = from;
        let mut ahead = characters.clone();
        if ahead.next() == Some('-') && ahead.peek().is_some() {
            characters.next();
            to = next_of_class(&mut characters, &mut ranges)??;
        }
        ranges.push((from, to));
    }
    (!ranges.is_empty()).then(|| Token::Class { is_negated, ranges: ranges.into() })
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The next character of a class. `\d`, `\w` and `\s` add their ranges, and the character after them is returned. The
/// outer `None` is a class that is not supported, the inner one its end.
fn next_of_class(characters: &mut Characters<'_>, ranges: &mut Vec<(char, char)>) -> Option<Option<char>> {
    loop {
        match characters.next() {
            Some('\\') => match characters.next()? {
                'd' => ranges.push(('0', '9')),
                'w' => ranges.extend([('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')]),
                's' => ranges.extend([('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')]),
                other if other.is_ascii_alphanumeric() => return None,
                other => return Some(Some(other)),
            },
            Some('[') => return None,
            other => return Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).expect("supported").matches(path)
    }

    #[test]
    fn stars_stop_at_slashes_and_two_do_not() {
        assert!(matches("a/*.txt", "a/b.txt") && !matches("a/*.txt", "a/b/c.txt"));
        assert!(matches("**/*.pem", "k.pem") && matches("**/*.pem", "a/b/k.pem") && !matches("**/*.pem", "a/k.pem/x"));
        assert!(matches("a/**/b", "a/b") && matches("a/**/b", "a/x/y/b") && !matches("a/**/b", "a/xb"));
        assert!(matches("a/**", "a/b/c") && matches("a**z", "ab/cz"));
        assert!(matches("?x", "ax") && !matches("?x", "/x") && !matches("?x", "x"));
        assert!(matches("", "") && matches("*", "") && !matches("", "a"));
    }

    #[test]
    fn classes_and_escapes() {
        assert!(matches("[a-c]1", "b1") && !matches("[a-c]1", "d1") && matches("[^a-c]1", "d1"));
        assert!(matches("[\\d_-]", "7") && matches("[\\d_-]", "-") && !matches("[\\d_-]", "a"));
        assert!(!matches("[\\w]", "é") && matches("[\\w]", "w"));
        assert!(matches("\\*a", "*a") && !matches("\\*a", "xa") && matches("a[b", "a[b"));
        for unsupported in ["[\\pL]", "[]", "[[:alpha:]]", "[a\\]"] {
            assert!(Glob::new(unsupported).is_none(), "{unsupported}");
        }
    }

    #[test]
    fn many_stars_take_no_long_time() {
        let path = "a".repeat(2_000);
        assert!(!matches(&format!("{}b", "*a".repeat(500)), &path));
        assert!(!matches(&format!("{}b", "**/".repeat(500)), &path));
    }
}
