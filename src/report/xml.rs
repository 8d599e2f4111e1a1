//! Reports in XML: JUnit, as Jenkins and others read it (<https://github.com/testmoapp/junitxml>), and Checkstyle.

use crate::engine::Report;
use crate::finding::Finding;
use crate::source::Sources;
use crate::visible::{self, picture, visible};
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

/// Writes JUnit: a failing test for each rule and file with findings, and a passing test for each file without
/// findings.
///
/// # Errors
/// Those of the writer.
pub fn junit(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut failing: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        failing.entry((&sources.get(finding.span.source).path, finding.rule.as_str())).or_default().push(finding);
    }
    let with_findings: HashSet<&str> = failing.keys().map(|(path, _)| *path).collect();
    let mut passing: Vec<&str> =
        report.files.iter().map(|file| &*file.path).filter(|path| !with_findings.contains(path)).collect();
    if passing.is_empty() && failing.is_empty() {
        // A run without tests looks as if it had not happened.
        passing.push(".");
    }
    let tests = (failing.len() + passing.len()).to_string();
    let failures = failing.len().to_string();
    let counts = [("name", "seaworthy"), ("tests", &tests), ("failures", &failures), ("errors", "0")];
    document(out, |xml| {
        xml.create_element("testsuites").with_attributes(counts).write_inner_content(|xml| {
            xml.create_element("testsuite").with_attributes(counts).write_inner_content(|xml| {
                for ((path, rule), findings) in &failing {
                    let lines: Vec<String> = findings.iter().map(|finding| line(finding, sources)).collect();
                    let case = [("classname", clean(path)), ("name", (*rule).to_owned())];
                    case_element(xml, &case).write_inner_content(|xml| {
                        let failure = xml.create_element("failure");
                        let failure = failure
                            .with_attribute(("message", clean(&findings[0].message).as_str()))
                            .with_attribute(("type", findings[0].severity.name()));
                        failure.write_text_content(BytesText::new(&clean(&lines.join("\n"))))?;
                        Ok(())
                    })?;
                }
                for path in &passing {
                    case_element(xml, &[("classname", clean(path)), ("name", "seaworthy".to_owned())]).write_empty()?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })
}

/// Writes Checkstyle (<https://checkstyle.org/>, the form of its XML logger).
///
/// # Errors
/// Those of the writer.
pub fn checkstyle(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        files.entry(&sources.get(finding.span.source).path).or_default().push(finding);
    }
    document(out, |xml| {
        xml.create_element("checkstyle").with_attribute(("version", "4.3")).write_inner_content(|xml| {
            for (path, findings) in &files {
                let file = xml.create_element("file").with_attribute(("name", clean(path).as_str()));
                file.write_inner_content(|xml| {
                    for finding in findings {
                        let at = sources.start(finding.span);
                        let (line, column) = (at.line.to_string(), at.column.to_string());
                        let message = clean(&super::with_help(finding));
                        let source = format!("seaworthy.{}", finding.rule);
                        let error = xml.create_element("error").with_attributes([
                            ("line", line.as_str()),
                            ("column", column.as_str()),
                            ("severity", finding.severity.name()),
                            ("message", message.as_str()),
                            ("source", source.as_str()),
                        ]);
                        error.write_empty()?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(())
    })
}

type Xml = Writer<Vec<u8>>;

fn document(out: &mut dyn Write, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    content(&mut xml)?;
    let text = String::from_utf8_lossy(xml.get_ref());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", visible::xml(&text))
}

fn case_element<'a>(
    xml: &'a mut Xml,
    attributes: &[(&str, String); 2],
) -> quick_xml::writer::ElementWriter<'a, Vec<u8>> {
    xml.create_element("testcase").with_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())))
}

fn line(finding: &Finding, sources: &Sources) -> String {
    let at = sources.start(finding.span);
    let path = visible(&sources.get(finding.span.source).path);
    format!("{path}:{}:{} {}: {}", at.line, at.column, finding.severity, super::with_help(finding))
}

/// Shows the characters that XML 1.0 can't represent (<https://www.w3.org/TR/xml/#charsets>) as pictures.
fn clean(text: &str) -> String {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if is_allowed(c) { c } else { picture(c) }).collect()
}
