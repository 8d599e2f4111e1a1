//! Output for people: excerpt, labels, help, and related places in other files. The only module that names `miette`
//! types.

use super::gathered::{Gathered, ordered};
use super::visible::{Excerpted, visible};
use crate::config::Problem;
use crate::engine::Report;
use crate::finding::Severity;
use crate::source::{Source, Sources};
use crate::span::{SourceId, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, NamedSource,
    SourceCode, SourceOffset, SourceSpan, SpanContents,
};
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

/// How to render on a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colour.
    pub has_colour: bool,
    /// Whether to draw with characters outside of ASCII.
    pub has_unicode: bool,
    /// The width in columns.
    pub width: usize,
    /// The order of the findings in texts for people.
    pub order: Order,
}

impl Style {
    /// Text without colour, as in a file, of a width that reads well.
    pub const PLAIN: Self = Self { has_colour: false, has_unicode: true, width: 100, order: Order::Path };
}

/// The order of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By path and place.
    Path,
    /// By severity, the most severe last, where a terminal shows the end of a long text; then by path and place.
    Severity,
}

/// Writes the findings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources, style: Style) -> io::Result<()> {
    let handler = handler(style);
    let mut excerpts = Excerpts { sources, known: HashMap::new() };
    for each in ordered(&report.findings, style.order) {
        let span = each.first().span;
        let at = sources.start(span);
        let plain = format!("{}:{}:{}", visible(&sources.get(span.source).path), at.line, at.column);
        one(out, &handler, &Shown::of(&each, &mut excerpts), &plain)?;
    }
    Ok(())
}

/// Writes a problem of a configuration file; `text` is the content of that file.
///
/// # Errors
/// Those of the writer.
pub fn problem(
    out: &mut dyn Write,
    problem: &Problem,
    severity: Severity,
    text: Arc<str>,
    style: Style,
) -> io::Result<()> {
    let Problem { at, .. } = problem;
    let length = text.get(at.range.clone()).map_or(0, |text| text.find('\n').unwrap_or(text.len()));
    let start = at.range.start.min(text.len());
    let source = Excerpt::new(&at.file, text);
    let place = source.range(start, start + length);
    let shown = Shown {
        code: severity.to_string(),
        severity: as_miette(severity),
        message: visible(&problem.to_string()).into_owned(),
        help: problem.help().map(|help| lines(&help)),
        source,
        labels: vec![LabeledSpan::new_primary_with_span(None, place)],
        elsewhere: Vec::new(),
    };
    one(out, &handler(style), &shown, &at.to_string())
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = match (style.has_colour, style.has_unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (true, false) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        .with_context_lines(1)
        .with_show_related_as_nested(true)
        .tab_width(4)
}

fn one(out: &mut dyn Write, handler: &GraphicalReportHandler, shown: &Shown, place: &str) -> io::Result<()> {
    let mut text = String::new();
    // Writing to a string fails only if the renderer fails; the plain line then still has the message.
    if handler.render_report(&mut text, shown).is_err() {
        text = format!("{place} {}", shown.message);
    }
    let tidy: Vec<&str> = text.lines().map(str::trim_end).collect();
    writeln!(out, "{}\n", tidy.join("\n").trim_matches('\n'))
}

fn as_miette(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    }
}

/// A finding as a miette diagnostic.
#[derive(Debug)]
struct Shown {
    code: String,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    source: Excerpt,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Shown>,
}

impl Shown {
    fn of(each: &Gathered<'_>, excerpts: &mut Excerpts<'_>) -> Self {
        let finding = each.first();
        let sources = excerpts.sources;
        let home = sources.get(finding.span.source);
        let excerpt = excerpts.of(finding.span.source, finding.is_secret.then_some(finding.span));
        let mut labels = vec![LabeledSpan::new_primary_with_span(
            finding.label.as_ref().map(|label| visible(label).into_owned()),
            excerpt.place(home, finding.span),
        )];
        let mut elsewhere = Vec::new();
        for related in &finding.related {
            let source = sources.get(related.span.source);
            if related.span.source == finding.span.source {
                labels.push(LabeledSpan::new_with_span(
                    Some(visible(&related.message).into_owned()),
                    excerpt.place(source, related.span),
                ));
            } else {
                let there = excerpts.of(related.span.source, None);
                let place = there.place(source, related.span);
                elsewhere.push(Self {
                    code: String::new(),
                    severity: miette::Severity::Advice,
                    message: visible(&related.message).into_owned(),
                    help: None,
                    source: there,
                    labels: vec![LabeledSpan::new_primary_with_span(None, place)],
                    elsewhere: Vec::new(),
                });
            }
        }
        let mut help = each.help(sources);
        help.extend(each.fixes());
        Self {
            code: format!("{}[{}]", each.severity(), each.rules()),
            severity: as_miette(each.severity()),
            message: visible(&each.message()).into_owned(),
            help: Some(lines(&help.join("\n"))).filter(|help| !help.is_empty()),
            source: excerpt,
            labels,
            elsewhere,
        }
    }
}

/// A help, which may have several lines.
fn lines(help: &str) -> String {
    help.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.elsewhere.is_empty())
            .then(|| Box::new(self.elsewhere.iter().map(|shown| shown as &dyn Diagnostic)) as Box<_>)
    }
}

/// The source text for excerpts, with a secret in it masked and control characters made visible.
#[derive(Debug, Clone)]
struct Excerpt {
    text: NamedSource<Arc<str>>,
    /// The text in which control characters were replaced, if there are any.
    replaced: Option<Arc<Excerpted>>,
}

impl Excerpt {
    fn new(path: &str, text: Arc<str>) -> Self {
        let replaced = Excerpted::of(&text).map(Arc::new);
        let text = replaced.as_ref().map_or(text, |replaced| replaced.text.as_str().into());
        Self { text: NamedSource::new(visible(path), text), replaced }
    }

    /// A range of the original text.
    fn range(&self, start: usize, end: usize) -> SourceSpan {
        let at = |offset: usize| self.replaced.as_ref().map_or(offset, |replaced| replaced.at(offset));
        SourceSpan::new(SourceOffset::from(at(start)), at(end) - at(start))
    }

    /// The range of a span to underline: only its first line, because a fully underlined block is unreadable.
    fn place(&self, source: &Source, span: Span) -> SourceSpan {
        let text = source.slice(span);
        let start = span.start as usize;
        self.range(start, start + text.find('\n').unwrap_or(text.len()))
    }
}

/// The excerpts of a report. A source is searched for control characters once, however many findings it has.
struct Excerpts<'a> {
    sources: &'a Sources,
    known: HashMap<SourceId, Excerpt>,
}

impl Excerpts<'_> {
    /// The excerpt of a source, with a secret in it masked.
    fn of(&mut self, id: SourceId, secret: Option<Span>) -> Excerpt {
        let source = self.sources.get(id);
        let plain = self.known.entry(id).or_insert_with(|| Excerpt::new(&source.path, source.text.clone()));
        let Some(span) = secret.filter(|span| !source.slice(*span).is_empty()) else { return plain.clone() };
        let mut text = source.text.to_string();
        let blot: String = source.slice(span).bytes().map(|b| if b == b'\n' { '\n' } else { '*' }).collect();
        text.replace_range(span.range(), &blot);
        match plain.replaced {
            // Without control characters in the source, there are none in its masked text.
            None => Excerpt { text: NamedSource::new(plain.text.name(), text.into()), replaced: None },
            Some(_) => Excerpt::new(&source.path, text.into()),
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.text.name().to_owned(),
            contents.data(),
            *contents.span(),
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}
