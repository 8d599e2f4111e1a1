//! The blocks of code in a Markdown text, as CommonMark defines them.

use crate::source::Fragment;
use crate::span::Span;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// The first word of the opening fence, in lower case: the language. Empty for a bare fence and for an indented block.
    pub language: String,
    /// Its text, without fences and without the indentation of the list or quote around it.
    pub fragment: Fragment,
    /// The block with its fences.
    pub span: Span,
}

/// The blocks of code in a text, in order.
pub fn blocks(fragment: &Fragment) -> Vec<Block> {
    let text = fragment.text();
    let mut blocks = Vec::new();
    let mut open: Option<(String, Span, crate::source::Builder<'_>)> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => language(info),
                    CodeBlockKind::Indented => String::new(),
                };
                open = Some((language, fragment.span(range), fragment.builder()));
            }
            Event::Text(content) => {
                let Some((.., builder)) = &mut open else { continue };
                // A tab that is partly indentation is expanded.
                if text.get(range.clone()) == Some(&*content) {
                    builder.keep(range);
                } else {
                    builder.replace(range, &content);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                blocks.extend(open.take().map(|(language, span, builder)| Block {
                    language,
                    fragment: builder.finish(),
                    span,
                }));
            }
            _ => {}
        }
    }
    blocks
}

/// The language that the words behind a fence name: `bash` of `bash`, `{.bash}`, `bash,norun` and `bash {1,3}`.
fn language(info: &str) -> String {
    let start = info.trim_start_matches([' ', '\t', '{', '.']);
    let end = start.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '+' | '#')).unwrap_or(start.len());
    start[..end].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn read(text: &str) -> Vec<(String, String)> {
        let found = blocks(&Fragment::whole(SourceId(0), &Source::new("a.md", text)));
        found.into_iter().map(|block| (block.language, block.fragment.text().to_owned())).collect()
    }

    fn block(language: &str, text: &str) -> (String, String) {
        (language.to_owned(), text.to_owned())
    }

    #[test]
    fn fences_of_every_form_are_blocks() {
        assert_eq!(read("# A\n\n```bash\na\n\nb\n```\nc\n"), [block("bash", "a\n\nb\n")]);
        assert_eq!(read("~~~ {.Sh title=x}\na\n~~~~\n"), [block("sh", "a\n")]);
        assert_eq!(read("````\n```\na\n```\n````\n"), [block("", "```\na\n```\n")]);
        assert_eq!(read("```yaml\r\na: 1\r\n```\r\n"), [block("yaml", "a: 1\n")]);
        assert_eq!(read("Text\n\n    a b\n    c\n\nText `a`\n"), [block("", "a b\nc\n")]);
        assert_eq!(read("```sh\nnever closed"), [block("sh", "never closed")]);
    }

    #[test]
    fn the_text_of_a_nested_block_has_no_indentation_and_exact_places() {
        let text = "1. Do\n\n   ```sh\n   a \\\n     b\n   ```\n\n> ```sh\n> c\n> d\n> ```\n";
        assert_eq!(read(text), [block("sh", "a \\\n  b\n"), block("sh", "c\nd\n")]);
        let found = blocks(&Fragment::whole(SourceId(0), &Source::new("a.md", text)));
        for (index, word) in [(0, "b"), (1, "d")] {
            let fragment = &found[index].fragment;
            let at = fragment.text().rfind(word).expect("it is there");
            assert_eq!(&text[fragment.span(at..at + 1).range()], word);
        }
        assert_eq!(&text[found[0].span.range()], "```sh\n   a \\\n     b\n   ```");
    }

    #[test]
    fn nothing_takes_long_or_panics() {
        for piece in ["> ", "- ", "```\n", "`", "[", "![](", "*a_ ", "\t", "1. ", "<a", "~~~ x\n> ", "é", "&", "\\"] {
            blocks(&Fragment::whole(SourceId(0), &Source::new("a.md", piece.repeat(100_000 / piece.len()))));
        }
    }
}
