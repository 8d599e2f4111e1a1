//! The only reader of fenced blocks: examples in pages, cases in fixtures, commands in the documentation.

use std::ops::Range;

/// A fenced block of a Markdown text, with the heading and the prose above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The info string: `yaml title="service.yaml"`.
    pub info: String,
    /// The bytes between the two fence lines.
    pub content: Range<usize>,
    /// Offset after the closing fence line.
    pub end: usize,
    /// The last `##` heading above it.
    pub section: String,
    /// The prose since that heading or the previous fence.
    pub words: String,
}

impl Fence {
    /// The first word of the info string.
    pub fn language(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }

    /// The file that the block shows: `title="..."` in the info string.
    pub fn title(&self) -> Option<&str> {
        let rest = self.info.split_once("title=\"")?.1;
        rest.split_once('"').map(|(title, _)| title)
    }
}

/// The fenced blocks of a text. A fence that is never closed ends with the text, as in CommonMark.
pub fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let (mut section, mut words) = (String::new(), String::new());
    let mut open: Option<(usize, Fence)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        match &mut open {
            None if ticks >= 3 => {
                let info = line[ticks..].trim().to_owned();
                let words = std::mem::take(&mut words);
                open = Some((ticks, Fence { info, content: at..at, end: at, section: section.clone(), words }));
            }
            None => match line.strip_prefix("## ") {
                Some(heading) => {
                    section = heading.trim().to_owned();
                    words.clear();
                }
                None => words.push_str(line),
            },
            Some((opening, fence)) if ticks >= *opening && line[ticks..].trim().is_empty() => {
                (fence.content.end, fence.end) = (start, at);
                fences.extend(open.take().map(|(_, fence)| fence));
            }
            Some((_, fence)) => (fence.content.end, fence.end) = (at, at),
        }
    }
    fences.extend(open.map(|(_, fence)| fence));
    fences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_has_the_heading_and_the_prose_above_it() {
        let text = "# A\n\n## Bad\n\nWords.\n\n```yaml title=\"a.yaml\"\nx: 1\n```\n\n````md\n```\ninner\n```\n````\n";
        let fences = fences(text);
        assert_eq!(fences.len(), 2);
        assert_eq!((fences[0].language(), fences[0].title()), ("yaml", Some("a.yaml")));
        assert_eq!(&text[fences[0].content.clone()], "x: 1\n");
        assert_eq!((fences[0].section.as_str(), fences[0].words.trim()), ("Bad", "Words."));
        assert_eq!(&text[fences[1].content.clone()], "```\ninner\n```\n");
        assert_eq!((fences[1].title(), fences[1].words.trim(), fences[1].end), (None, "", text.len()));
    }

    #[test]
    fn an_open_fence_ends_with_the_text() {
        let text = "```\nabc";
        let fences = fences(text);
        assert_eq!((&text[fences[0].content.clone()], fences[0].end), ("abc", text.len()));
    }
}
