//! Output for people: excerpt, labels, help, and related places in other files. The only module that names `miette`
//! types.

use super::excerpt::{Excerpt, Line};
use super::gathered::{Gathered, ordered};
use super::secrets::Secrets;
use crate::config::Problem;
use crate::engine::{Report, guarded};
use crate::finding::{Label, Severity};
use crate::source::{Position, Source, Sources};
use crate::span::{SourceId, Span};
use crate::visible::visible;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
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

/// The number of related places that are shown of a finding.
const MOST_RELATED: usize = 20;

/// Writes the findings.
///
/// # Errors
/// Those of the writer; if an excerpt could not be made because of a bug, also that, after all findings.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources, style: Style) -> io::Result<()> {
    let handler = handler(style);
    let secrets = Secrets::of(report, sources);
    let mut failed = None;
    for each in ordered(&report.findings, style.order) {
        let finding = each.first();
        let at = sources.start(finding.span);
        let place = format!("{}:{}:{}", visible(&sources.get(finding.span.source).path), at.line, at.column);
        let shown =
            guarded(|| format!("the excerpt for {place}"), || rendered(&handler, &Shown::of(&each, sources, &secrets)));
        match shown {
            Ok(text) => writeln!(out, "{text}\n")?,
            Err(failure) => {
                writeln!(out, "{place} {}[{}] {}\n", each.severity(), each.rules(), visible(&each.message()))?;
                failed = Some(failure);
            }
        }
    }
    failed.map_or(Ok(()), |failure| Err(io::Error::other(failure)))
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
    let source = Source::new(at.file.clone(), text);
    // No source of a run, so there are no secrets under its id.
    let (source, mut places) = Snippet::of(SourceId(0), &source, &Secrets::default(), std::slice::from_ref(&at.range));
    let shown = Shown {
        code: severity.to_string(),
        severity: as_miette(severity),
        message: visible(&problem.to_string()).into_owned(),
        help: problem.help().map(|help| lines(&help)),
        source,
        labels: vec![LabeledSpan::new_primary_with_span(None, places.swap_remove(0))],
        elsewhere: Vec::new(),
    };
    writeln!(out, "{}\n", rendered(&handler(style), &shown))
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

/// What the renderer makes of a diagnostic, without blanks at the ends of lines.
fn rendered(handler: &GraphicalReportHandler, shown: &Shown) -> String {
    let mut text = String::new();
    // Writing to a string can't fail; a label that the renderer can't find is shown as the message alone.
    if handler.render_report(&mut text, shown).is_err() {
        text = format!("{} {}", shown.code, shown.message);
    }
    let tidy: Vec<&str> = text.lines().map(str::trim_end).collect();
    tidy.join("\n").trim_matches('\n').to_owned()
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
    source: Snippet,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Shown>,
}

impl Shown {
    fn of(each: &Gathered<'_>, sources: &Sources, secrets: &Secrets) -> Self {
        let finding = each.first();
        let snippet = |id: SourceId, spans: &[Span]| {
            let places: Vec<Range<usize>> = spans.iter().map(|span| span.range()).collect();
            Snippet::of(id, sources.get(id), secrets, &places)
        };
        let related = &finding.related[..finding.related.len().min(MOST_RELATED)];
        let (here, there): (Vec<&Label>, Vec<&Label>) =
            related.iter().partition(|label| label.span.source == finding.span.source);
        let spans: Vec<Span> = [finding.span].into_iter().chain(here.iter().map(|label| label.span)).collect();
        let (source, places) = snippet(finding.span.source, &spans);
        let mut places = places.into_iter();
        let label = finding.label.as_ref().map(|label| visible(label).into_owned());
        let mut labels: Vec<LabeledSpan> =
            places.next().map(|place| LabeledSpan::new_primary_with_span(label, place)).into_iter().collect();
        for (label, place) in here.iter().zip(places) {
            labels.push(LabeledSpan::new_with_span(Some(visible(&label.message).into_owned()), place));
        }
        let elsewhere = there.iter().map(|label| {
            let (source, places) = snippet(label.span.source, &[label.span]);
            Self {
                code: String::new(),
                severity: miette::Severity::Advice,
                message: visible(&label.message).into_owned(),
                help: None,
                source,
                labels: places.into_iter().map(|place| LabeledSpan::new_primary_with_span(None, place)).collect(),
                elsewhere: Vec::new(),
            }
        });
        let mut help = each.help(sources);
        help.extend(each.fixes());
        if finding.related.len() > MOST_RELATED {
            help.push(format!("{} more places belong to this", finding.related.len() - MOST_RELATED));
        }
        Self {
            code: format!("{}[{}]", each.severity(), each.rules()),
            severity: as_miette(each.severity()),
            message: visible(&each.message()).into_owned(),
            help: Some(lines(&help.join("\n"))).filter(|help| !help.is_empty()),
            source,
            labels,
            elsewhere: elsewhere.collect(),
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

/// An excerpt as the renderer asks for it: it gets the lines of a label, under their numbers in the source.
#[derive(Debug)]
struct Snippet {
    path: String,
    excerpt: Excerpt,
    /// The offset of each place in the excerpt, and its position in the source.
    starts: Vec<(usize, Position)>,
}

impl Snippet {
    /// The excerpt of a source around some places, and where these are in it.
    fn of(id: SourceId, source: &Source, secrets: &Secrets, places: &[Range<usize>]) -> (Self, Vec<SourceSpan>) {
        let (excerpt, found) = Excerpt::of(id, source, secrets, places);
        let position = |place: &Range<usize>| source.position(place.start as u32);
        let starts = found.iter().zip(places).map(|(found, place)| (found.start, position(place))).collect();
        let spans = found.into_iter().map(|found| SourceSpan::from((found.start, found.len()))).collect();
        (Self { path: visible(&source.path).into_owned(), excerpt, starts }, spans)
    }

    /// The index of the line of an offset.
    fn line(&self, offset: usize) -> usize {
        self.excerpt.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let lines = &self.excerpt.lines;
        let (mut first, mut last) = (self.line(span.offset()), self.line(span.offset() + span.len()));
        let follows = |pair: &[Line]| pair[0].number + 1 == pair[1].number;
        if !lines[first..=last].windows(2).all(follows) {
            // Lines between the two were left out, so the renderer can't show them as one.
            return Err(MietteError::OutOfBounds);
        }
        for _ in 0..before {
            first -= usize::from(first > 0 && follows(&lines[first - 1..=first]));
        }
        for _ in 0..after {
            last += usize::from(last + 1 < lines.len() && follows(&lines[last..=last + 1]));
        }
        let range = lines[first].start..lines.get(last + 1).map_or(self.excerpt.text.len(), |next| next.start);
        let data = &self.excerpt.text.as_bytes()[range.clone()];
        // Asked for a place alone, the renderer writes its position above the excerpt.
        let start = self.starts.iter().find(|(start, _)| before == 0 && *start == span.offset());
        let column = start.map_or(0, |(_, position)| position.column as usize - 1);
        let (number, count) = (lines[first].number - 1, last - first + 1);
        let span = SourceSpan::from((range.start, range.len()));
        Ok(Box::new(MietteSpanContents::new_named(self.path.clone(), data, span, number, column, count)))
    }
}
