//! A rule: its name, its page and its check.

use super::context::Context;
use super::page::{Page, PageProblem};
use crate::finding::RuleId;
use std::borrow::Cow;
use std::sync::OnceLock;

/// The address of the project's repository. It has none yet: until it is set, no output has a link to it.
pub const HOME: Option<&str> = None;

/// A rule: a name, a page and a check.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which is its page's file name.
    pub id: RuleId,
    /// Its concern, which is its page's folder.
    pub concern: &'static str,
    /// The text of its page.
    pub text: Cow<'static, str>,
    /// Its check.
    pub check: Check,
    page: OnceLock<Page>,
}

/// The check of a rule.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A function over the model.
    Function(fn(&mut Context<'_>)),
    /// The expression on the page, about one type of Terraform resource.
    Page,
    /// Findings about files, reported by the engine itself.
    Engine,
}

impl Rule {
    /// A rule of this crate. Its page is parsed on first use.
    pub const fn built_in(id: &'static str, concern: &'static str, text: &'static str, check: Check) -> Self {
        Self { id: RuleId::of(id), concern, text: Cow::Borrowed(text), check, page: OnceLock::new() }
    }

    /// A rule that is only a page, created at run time.
    ///
    /// # Errors
    /// The first error in the page, with its line; a page without `assert` is an error.
    pub fn of_page(id: &str, concern: &'static str, text: String) -> Result<Self, PageProblem> {
        let page = Page::parse(&text)?;
        if page.policy.is_none() {
            return Err(PageProblem { line: 1, message: "the front matter has no `assert`".to_owned() });
        }
        Ok(Self { id: RuleId::new(id), concern, text: Cow::Owned(text), check: Check::Page, page: page.into() })
    }

    /// Its page, parsed.
    pub fn page(&self) -> &Page {
        self.page.get_or_init(|| {
            Page::parse(&self.text)
                .expect("`of_page` parses at once, and tests/pages.rs parses every page of this crate")
        })
    }

    /// The Markdown after the front matter of its page.
    pub fn body(&self) -> &str {
        &self.text[self.page().body_start..]
    }

    /// The address of its page on the web, once the project has one.
    pub fn url(&self) -> Option<String> {
        HOME.map(|home| self.url_below(home))
    }

    fn url_below(&self, home: &str) -> String {
        format!("{home}/blob/main/rules/{}/{}.md", self.concern, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_an_address_below_the_repository() {
        let text = "---\nsummary: S\nseverity: info\nprofile: strict\nenvironments: [production]\nsurfaces: [dockerfile]\nfix: never\nsince: 0.1.0\ncovers: []\nreferences: []\nresource: r\nassert: true\nmessage: m\n---\n\nWhy.\n";
        let rule = Rule::of_page("x-y", "image", text.to_owned()).expect("a valid page");
        assert_eq!(rule.url_below("https://h/r"), "https://h/r/blob/main/rules/image/x-y.md");
        assert_eq!(rule.url(), HOME.map(|home| rule.url_below(home)));
    }
}
