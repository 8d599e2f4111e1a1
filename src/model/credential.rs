//! Values that are credentials or may be secrets.

use super::text::Text;
use crate::known::secrets as known;
use crate::source::HOLE;
use crate::span::Span;
use serde::Serialize;
use std::sync::Arc;

/// A credential that is recognised by its form.
#[derive(Debug, Clone, Serialize)]
pub struct Credential {
    /// Its span.
    pub span: Span,
    /// Its kind, for messages: `Stripe live secret key`.
    pub what: &'static str,
    /// The id of its pattern.
    pub pattern: &'static str,
    /// Why it may be public by design, if it may be.
    pub excuse: Option<&'static str>,
    /// The credential itself, to tell whether two are the same. It is never shown.
    #[serde(skip)]
    pub value: Arc<str>,
}

impl Credential {
    /// The indefinite article of its kind.
    pub fn article(&self) -> &'static str {
        if self.what.to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
    }
}

/// A value with a name.
#[derive(Debug, Clone, Serialize)]
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Text,
    /// The whole entry.
    pub span: Span,
    /// The kind of entry.
    pub kind: Named,
    /// Whether it is declared a secret independently of its name, as with `sensitive = true`.
    pub is_sensitive: bool,
}

impl NamedValue {
    /// Whether it is the id of a secret, and not the secret: `_API_KEY_SECRET: gemini-api-key` names one, and so does an
    /// attribute `secret` of a resource.
    pub fn holds_id(&self) -> bool {
        let Some(value) = self.value.known() else { return false };
        let name = self.name.to_ascii_lowercase();
        let names_reference = ["secret", "secrets", "token", "key"].iter().any(|word| name.ends_with(word));
        match self.kind {
            Named::Attribute if matches!(self.name.as_str(), "secret" | "secrets" | "token" | "credentials") => true,
            Named::Attribute | Named::TerraformVariable | Named::BuildEnv | Named::ShellVariable => {
                // `SECRET_NATS=shop-nats-creds`
                let is_name = name.starts_with("secret") && names_one(value);
                (names_reference || is_name) && may_be_id(value)
            }
            // The default of an `ARG` is reported by `secret-in-build-arg`.
            Named::BuildArgument => true,
            Named::ImageEnv | Named::EnvFile | Named::ClusterSecret | Named::ComposeEnv => false,
        }
    }

    /// Whether it has unknown parts, and a known part that may be a secret.
    pub fn is_mixed(&self) -> bool {
        self.value.raw().split(HOLE).any(is_literal_secret)
    }
}

/// Kinds of entries with a named value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Named {
    /// An `ENV` of a Dockerfile, which stays in the image.
    ImageEnv,
    /// The default of an `ARG` of a Dockerfile.
    BuildArgument,
    /// A shell variable.
    ShellVariable,
    /// An attribute of a Terraform resource.
    Attribute,
    /// The default or value of a Terraform variable.
    TerraformVariable,
    /// An environment variable or substitution of a build.
    BuildEnv,
    /// A variable of a file such as `.env`.
    EnvFile,
    /// An entry of a `Secret` of Kubernetes, decoded.
    ClusterSecret,
    /// An environment variable of a service of a Compose file.
    ComposeEnv,
}

/// Whether a variable with this name holds a secret, not the name, the location or a property of one.
pub fn names_secret(name: &str) -> bool {
    let words = words_of(name);
    let upper = name.to_ascii_uppercase();
    if ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"]
        .iter()
        .any(|prefix| upper.starts_with(prefix))
    {
        return false;
    }
    let is = |list: &'static [&'static str]| move |word: &str| list.contains(&word);
    let pair = |first: &dyn Fn(&str) -> bool, second: &dyn Fn(&str) -> bool| {
        words.windows(2).any(|pair| first(&pair[0]) && second(&pair[1]))
    };
    if words.last().is_some_and(|last| known::PROPERTIES.contains(last))
        && !pair(&is(&["api", "secret", "access"]), &is(&["keys"]))
    {
        return false;
    }
    if pair(&|word| known::PLAIN_KEYS.contains(word), &is(&["key"]))
        || pair(&|word| known::COUNTED_TOKENS.contains(word), &is(&["token", "tokens"]))
        || pair(&is(&["tokens"]), &is(&["per"]))
        || pair(&is(&["csrf", "xsrf"]), &is(&["token"]))
        || pair(&is(&["secret", "secrets"]), &|word| known::AROUND_SECRETS.contains(word))
        || words.iter().any(|word| word == "firebase") && pair(&is(&["api"]), &is(&["key"]))
        || words.iter().any(|word| known::MADE_UP.contains(word))
    {
        return false;
    }
    words.iter().any(|word| known::SECRETS.contains(word))
        || pair(&|word| known::BEFORE_KEY.contains(word), &is(&["key", "secret"]))
}

/// The words of a name, in lower case: split at `_`, `-`, `.`, blanks, and before a capital after a small letter.
fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if matches!(c, '_' | '-' | '.' | ' ') || (c.is_ascii_uppercase() && was_lower) {
            words.push(std::mem::take(&mut word));
        }
        if !matches!(c, '_' | '-' | '.' | ' ') {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value with a secret's name is the secret itself: at least four bytes long, and not a reference,
/// placeholder, switch, number, UUID, path or the name of a file or variable.
pub fn is_literal_secret(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    let plain = lower.replace(['-', ' '], "_");
    let is_path =
        value.starts_with(['/', '~']) || value.starts_with("--") || value.starts_with("./") || value.starts_with("../");
    let is_file = [".json", ".pem", ".key", ".txt", ".yaml", ".yml", ".env", ".p12", ".crt"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    let is_reference = value.contains(['$', '{', '<', '`', '%'])
        && (value.contains("${")
            || value.contains("{{")
            || value.contains("$(")
            || value.starts_with(['$', '<', '%', '`', '{']))
        || value.starts_with("projects/")
        || value.contains("://") && !value.contains('@')
        || ["var.", "local.", "data.", "module.", "each.", "sm:", "op:", "vault:", "berglas:", "ref+", "ciqa"]
            .iter()
            .any(|prefix| lower.starts_with(prefix))
        || lower.rsplit_once(':').is_some_and(|(_, version)| version == "latest");
    let is_framed = value.starts_with('[') && value.ends_with(']')
        || value.starts_with('(') && value.ends_with(')')
        || value.starts_with("__") && value.ends_with("__")
        || value.starts_with('@') && value.ends_with('@');
    let is_placeholder = ["your_", "my_", "the_", "some_", "a_", "an_"].iter().any(|prefix| plain.starts_with(prefix))
        || known::PLACEHOLDERS.iter().any(|word| plain.contains(word))
        || known::SWITCHES.contains(&lower);
    // "Enter your password"
    let words: Vec<&str> = value.split_whitespace().collect();
    let is_sentence =
        words.len() >= 3 && words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || "'.,:!?".contains(c)));
    // `generated-password`: a description of a secret.
    let described = words_of(value);
    let describes = described.len() > 1
        && described.iter().all(|word| known::SECRETS.contains(word) || known::DESCRIBING.contains(word));
    // `demo_secret_123`, `integration-test-only`
    let is_of_tests = described.iter().any(|word| known::OF_TESTS.contains(word))
        && described.iter().all(|word| {
            let lists = [&known::SECRETS, &known::DESCRIBING, &known::OF_TESTS];
            lists.iter().any(|list| list.contains(word)) || word.bytes().all(|b| b.is_ascii_digit())
        });
    // `NAME=secret:3,OTHER=other:latest` names secrets of Secret Manager, as `--set-secrets` takes them.
    let is_list_of_references = value.split(',').all(|item| {
        item.split_once('=').and_then(|(_, reference)| reference.rsplit_once(':')).is_some_and(|(_, version)| {
            version == "latest" || !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit())
        })
    });
    let is_number = value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '_' | ','));
    let is_counted_up = counts_up(&lower);
    let is_repeated = value.chars().skip(1).all(|c| value.starts_with(c));
    let is_uuid = value.len() == 36
        && value
            .bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() });
    // `SECRET_KEY=SECRET_KEY` and the like name another variable.
    let is_name = value.len() > 3
        && value.contains('_')
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    value.len() >= 4
        && !(is_path
            || is_file
            || is_reference
            || is_framed
            || is_placeholder
            || is_number
            || is_of_tests
            || is_list_of_references
            || is_repeated
            || is_counted_up
            || is_sentence
            || describes
            || is_uuid
            || is_name)
}

/// Whether a value only counts up, as `abcdef123456` and `a1b2c3d4e5f6` do.
fn counts_up(value: &str) -> bool {
    let every_other = |first: usize| value.bytes().skip(first).step_by(2).collect::<Vec<_>>();
    let rises = |bytes: Vec<u8>| bytes.windows(2).all(|pair| pair[0] + 1 == pair[1] || pair == b"90");
    if value.len() >= 8 && value.is_ascii() && rises(every_other(0)) && rises(every_other(1)) {
        return true;
    }
    let mut runs = value.as_bytes().chunk_by(|before, after| before.checked_add(1) == Some(*after));
    !value.is_empty() && runs.all(|run| run.len() >= 3)
}

/// Whether a file with this path usually holds secrets; samples of such files do not.
pub fn file_holds_secrets(path: &str) -> bool {
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    if ["example", "sample", "template", "dist", "test", "schema", "public"].iter().any(|word| path.contains(word)) {
        return false;
    }
    known::FILES.contains(name)
        || name.strip_prefix(".env.").is_some_and(|rest| known::ENVIRONMENTS_WITH_SECRETS.contains(rest))
        || name.ends_with(".json") && known::KEY_FILES.iter().any(|key| name.contains(key))
        || name.ends_with(".p12")
        || name.ends_with(".pfx")
        || name.ends_with(".pem") && name.contains("key")
}

/// Whether a value may be the id of a secret, not the secret: only letters, with dashes or underscores between words of
/// one case (`shop-ADMIN_KEY`).
fn may_be_id(value: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && (word.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_uppercase()))
    };
    value.contains(['-', '_']) && value.split(['-', '_']).all(is_word)
}

/// Whether the last word of a value is one for secrets, as in the names that they are given.
fn names_one(value: &str) -> bool {
    let last = value.rsplit(['-', '_']).next().unwrap_or_default();
    matches!(last, "creds" | "credentials" | "secret" | "secrets" | "key" | "token" | "password")
}

/// Whether a value has letters and digits and nothing that a path or a sentence has.
pub fn looks_random(value: &str) -> bool {
    value.len() >= 8
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && !value.contains(['/', ' ', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_differ_from_names_of_their_properties() {
        for name in [
            "DB_PASSWORD",
            "GF_SECURITY_ADMIN_PASSWORD",
            "dbPassword",
            "JWT_SECRET",
            "STRIPE_API_KEY",
            "SECRET_KEY_BASE",
            "password",
            "secret_data",
            "GITHUB_TOKEN",
            "app.secret",
            "MYSQL_ROOT_PASS",
            "APIKEY",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "SECRET_NAME",
            "DB_PASSWORD_FILE",
            "MAX_TOKENS",
            "TOKEN_URL",
            "TOKEN_TTL",
            "API_KEY_HEADER",
            "DB_USERNAME",
            "KMS_KEY_NAME",
            "COMPASS",
            "BYPASS",
            "KEYBOARD",
            "PRIMARY_KEY",
            "NEXT_PUBLIC_API_KEY",
            "FIREBASE_WEB_API_KEY",
            "SECRET_SCANNER_URL",
            "TOKENIZERS_PARALLELISM",
            "PASSPORT",
            "secret_id",
            "AUTHOR",
            "BROKER_CREDENTIAL_PROFILE",
            "sync_secrets_script",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn references_and_placeholders_are_not_literal_secrets() {
        for value in ["karen_password", "admin", "dev-secret-123", "hunter2x", "abcd1234zz"] {
            assert!(is_literal_secret(value), "{value}");
        }
        for value in [
            "",
            "Sensitive data here",
            "Enter your password:",
            "generated-password",
            "null",
            "${X}",
            "changeme",
            "CHANGE_ME",
            "your-api-key",
            "<token>",
            "projects/p/secrets/s",
            "/run/secrets/x",
            "s3cr3t:latest",
            "true",
            "3600",
            "xxxx",
            "abcdef123456",
            "a1b2c3d4e5f6g7h8",
            "demo_secret_123",
            "integration-test-only",
            "(login to generate)",
            "DB=shop-db:6,KEY=shop-key:latest",
            "SuaSenhaSegura123!",
            "hours",
            "build-only",
            "SECRET_KEY",
            "$(cat x)",
            "{{ x }}",
        ] {
            assert!(!is_literal_secret(value), "{value}");
        }
    }
}
