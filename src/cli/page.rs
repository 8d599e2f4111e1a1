//! The page of a rule as text for a terminal.

use crate::catalogue::{Fence, Rule, RuleOption, Safety, fences};
use crate::report::colour::{painted, strong};
use crate::report::terminal::Style;
use crate::visible::visible;
use anstyle::AnsiColor;
use std::io::{self, Write};
use textwrap::{Options, WordSeparator, WordSplitter};

/// Writes the page: settings, prose and examples, references.
pub(super) fn write(out: &mut dyn Write, rule: &Rule, style: Style) -> io::Result<()> {
    let page = rule.page();
    writeln!(out, "{}", strong(&visible(&format!("{} ({}, {})", rule.id, rule.concern, page.front.severity)), style))?;
    writeln!(out, "{}\n", wrapped(&page.front.summary, style.width, ""))?;
    let settings = settings(rule);
    let column = settings.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    for (name, value) in settings {
        let lines = wrapped(&value, style.width, &" ".repeat(column));
        writeln!(out, "{name:<column$}{}", lines.trim_start())?;
    }
    let body = rule.body();
    let mut at = 0;
    for fence in fences(body) {
        let (before, _) = body[at..fence.content.start].trim_end().rsplit_once("```").unwrap_or_default();
        prose(out, before, style)?;
        example(out, &fence, &body[fence.content.clone()], style)?;
        at = fence.end;
    }
    prose(out, &body[at..], style)?;
    if !page.front.references.is_empty() {
        heading(out, "References", style)?;
        writeln!(out)?;
    }
    page.front.references.iter().try_for_each(|reference| writeln!(out, "{}", visible(reference)))
}

/// The settings of the front matter that a user of the rule asks for, with their names.
pub(super) fn settings(rule: &Rule) -> Vec<(&'static str, String)> {
    let front = &rule.page().front;
    let safety = match front.safety {
        None => "",
        Some(Safety::Safe) => ", safe",
        Some(Safety::Unsafe) => ", needs a review",
        Some(Safety::Mixed) => ", safe in some places, needs a review in others",
    };
    let mut settings = vec![
        ("Profile", front.profile.name().to_owned()),
        ("Environments", front.environments.join(", ")),
        ("Surfaces", front.surfaces.join(", ")),
        ("Fix", format!("{}{safety}", front.fix.name())),
    ];
    if !front.covers.is_empty() {
        settings.push(("Covers", front.covers.join(", ")));
    }
    let option =
        |(name, option): (&String, &RuleOption)| ("Option", format!("{name} = {} ({})", option.default, option.doc));
    settings.extend(front.options.iter().map(option));
    settings
}

/// Writes paragraphs, wrapped, and headings. Lists and tables keep their lines.
fn prose(out: &mut dyn Write, text: &str, style: Style) -> io::Result<()> {
    for paragraph in text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')).filter(|text| !text.is_empty()) {
        if let Some(title) = paragraph.strip_prefix("## ") {
            heading(out, title, style)?;
        } else if paragraph.starts_with(['-', '*', '|', '>', '#']) {
            writeln!(out)?;
            paragraph.lines().try_for_each(|line| writeln!(out, "{}", visible(line)))?;
        } else {
            writeln!(out, "\n{}", wrapped(&paragraph.replace('\n', " "), style.width, ""))?;
        }
    }
    Ok(())
}

/// Writes an example as it is, indented below its file or below the meaning of its fence.
fn example(out: &mut dyn Write, fence: &Fence, content: &str, style: Style) -> io::Result<()> {
    let title = fence.title().unwrap_or(fence.language());
    let label = match fence.language() {
        "output" => "reports:".to_owned(),
        "fixed" => format!("{title} after the fix:"),
        _ => format!("{title}:"),
    };
    writeln!(out, "\n  {}", painted(&visible(&label), AnsiColor::Cyan.on_default(), style))?;
    for line in content.lines() {
        writeln!(out, "{}", format!("    {}", visible(line)).trim_end())?;
    }
    Ok(())
}

/// Writes a heading: bold, or underlined where there is no colour.
fn heading(out: &mut dyn Write, title: &str, style: Style) -> io::Result<()> {
    writeln!(out, "\n{}", strong(&visible(title), style))?;
    if style.has_colour { Ok(()) } else { writeln!(out, "{}", "-".repeat(title.chars().count())) }
}

/// A paragraph in lines, each after the indentation. Words are never divided: most with a hyphen are names.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let options = Options::new(width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(&visible(text), options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::terminal::Order;

    const PAGE: &str = "---\nsummary: A bucket that anyone can read\nseverity: error\nprofile: strict\n\
environments: [production]\nsurfaces: [terraform]\nfix: always\nsafety: safe\nsince: 0.1.0\ncovers: [X-1]\n\
references:\n  - https://example.com/a\nresource: r\nassert: 'true'\nmessage: m\n---\n\n\
It costs money that nobody has planned for, in every month, for as long as\nthe `public-access-prevention` is not set.\n\n\
## Bad\n\nIn Terraform:\n\n```terraform title=\"main.tf\"\nresource \"r\" \"a\" {\n\n  x = \"\u{1b}[31m\"\n}\n```\n\n\
```output\nmain.tf:1:1 error[x] m\n```\n\n```fixed title=\"main.tf\"\nresource \"r\" \"a\" {}\n```\n\n\
## Limits\n\n- one\n- two\n";

    fn text(has_colour: bool) -> String {
        let rule = Rule::of_page("public-bucket", "data", PAGE.to_owned()).expect("a valid page");
        let mut out = Vec::new();
        write(&mut out, &rule, Style { has_colour, has_unicode: true, width: 60, order: Order::Path })
            .expect("a vector takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_page_is_wrapped_and_its_examples_are_kept() {
        let expected = "\
public-bucket (data, error)
A bucket that anyone can read

Profile       strict
Environments  production
Surfaces      terraform
Fix           always, safe
Covers        X-1

It costs money that nobody has planned for, in every month,
for as long as the `public-access-prevention` is not set.

Bad
---

In Terraform:

  main.tf:
    resource \"r\" \"a\" {

      x = \"\u{241b}[31m\"
    }

  reports:
    main.tf:1:1 error[x] m

  main.tf after the fix:
    resource \"r\" \"a\" {}

Limits
------

- one
- two

References
----------

https://example.com/a
";
        assert_eq!(text(false), expected);
    }

    #[test]
    fn headings_are_bold_where_there_is_colour() {
        let text = text(true);
        assert!(text.contains("\n\x1b[1mBad\x1b[0m\n\nIn Terraform:\n"), "{text}");
        assert!(!text.contains("---") && !text.contains("\x1b[31m"), "{text}");
    }

    #[test]
    fn every_page_fits_into_the_width_except_for_examples_and_links() {
        for rule in crate::rules::ALL.iter() {
            let mut out = Vec::new();
            write(&mut out, rule, Style { has_colour: false, has_unicode: true, width: 60, order: Order::Path })
                .expect("a vector takes all");
            let text = String::from_utf8(out).expect("UTF-8");
            assert!(!text.lines().any(|line| line.starts_with("```")), "{}", rule.id);
            let is_prose = |line: &&str| !line.starts_with("  ") && line.contains(' ');
            let longest = text.lines().filter(is_prose).map(|line| line.chars().count()).max();
            assert!(longest <= Some(60), "{}: {text}", rule.id);
        }
    }
}
