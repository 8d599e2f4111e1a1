//! The notation of a file, decided by its name or, if the name is not enough, by its content.

/// The language of a text. Readers derive its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notation {
    /// Dockerfile or Containerfile.
    Dockerfile,
    /// YAML, and `cloudbuild.json`.
    Yaml,
    /// Terraform configuration (`.tf`).
    Terraform,
    /// Terraform variable values (`.tfvars`).
    TerraformVars,
    /// Terraform configuration or values in JSON (`.tf.json`, `.tfvars.json`).
    TerraformJson,
    /// Terraform's dependency lock file.
    TerraformLock,
    /// POSIX shell or bash.
    Shell,
    /// Makefiles of GNU make.
    Make,
    /// Justfiles.
    Just,
    /// A list of path patterns: `.dockerignore`, `.gcloudignore`, `.gitignore`.
    Ignore,
    /// Python requirements.
    Requirements,
    /// A manifest of a package manager: `package.json`, `pyproject.toml`, `Pipfile`.
    Manifest,
    /// A lock file of a package manager.
    Lock,
    /// Environment variables: `.env`.
    EnvFile,
    /// Markdown, and texts that tell how to deploy.
    Prose,
    /// Any other notation.
    Other,
}

impl Notation {
    /// Every notation.
    pub const ALL: [Self; 16] = [
        Self::Dockerfile,
        Self::Yaml,
        Self::Terraform,
        Self::TerraformVars,
        Self::TerraformJson,
        Self::TerraformLock,
        Self::Shell,
        Self::Make,
        Self::Just,
        Self::Ignore,
        Self::Requirements,
        Self::Manifest,
        Self::Lock,
        Self::EnvFile,
        Self::Prose,
        Self::Other,
    ];

    /// The notation of a file that a walk found, by its name; for a script without an extension, by its first line.
    /// More guesses would include files of other tools.
    pub fn of(path: &str, text: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match Self::by_name(path) {
            Self::Other if !name.contains('.') && text.starts_with("#!") => Self::by_content(text),
            notation => notation,
        }
    }

    /// The notation of a file by its name.
    pub fn by_name(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        let ends = |suffix: &str| lower.ends_with(suffix);
        if matches!(name, "package.json" | "pyproject.toml" | "Pipfile") {
            Self::Manifest
        } else if LOCKS.contains(&name) {
            Self::Lock
        } else if matches!(lower.as_str(), ".gitignore" | ".gcloudignore" | ".dockerignore") || ends(".dockerignore") {
            Self::Ignore
        } else if ends(".tf.json") || ends(".tfvars.json") {
            Self::TerraformJson
        } else if ends(".tf") {
            Self::Terraform
        } else if ends(".tfvars") {
            Self::TerraformVars
        } else if lower == ".terraform.lock.hcl" {
            Self::TerraformLock
        } else if ends(".yaml") || ends(".yml") || lower == "cloudbuild.json" {
            Self::Yaml
        } else if is_dockerfile(&lower) {
            Self::Dockerfile
        } else if ends(".sh") || ends(".bash") {
            Self::Shell
        } else if matches!(lower.as_str(), "makefile" | "gnumakefile") || ends(".mk") {
            Self::Make
        } else if matches!(lower.as_str(), "justfile" | ".justfile") || ends(".just") {
            Self::Just
        } else if lower.starts_with("requirements") && ends(".txt") || ends("requirements.txt") {
            Self::Requirements
        } else if is_env_file(&lower) {
            Self::EnvFile
        } else if ends(".md") || ends(".markdown") || ends(".txt") && names_runbook(&lower) {
            Self::Prose
        } else {
            Self::Other
        }
    }

    /// Whether a symbolic link from one path to another is a second name of something that is read under its first one, so
    /// that nothing is gained by reading it again. The folder of a Terraform file and the name of an ignore list decide
    /// what they are for.
    pub fn is_second_name(path: &str, target: &str) -> bool {
        let notation = Self::by_name(path);
        match notation {
            Self::Terraform | Self::TerraformVars | Self::TerraformJson | Self::TerraformLock | Self::Ignore => false,
            _ => notation == Self::by_name(target),
        }
    }

    /// Whether a tool of a deployment reads the file at a path because of its name.
    pub fn is_read_by_name(path: &str) -> bool {
        match Self::by_name(path) {
            Self::Dockerfile | Self::Terraform | Self::TerraformVars | Self::TerraformJson => true,
            Self::Yaml => path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase().starts_with("cloudbuild"),
            Self::TerraformLock
            | Self::Shell
            | Self::Make
            | Self::Just
            | Self::Ignore
            | Self::Requirements
            | Self::Manifest
            | Self::Lock
            | Self::EnvFile
            | Self::Prose
            | Self::Other => false,
        }
    }

    /// The notation of a text by its first lines, for files that are named on the command line.
    pub fn by_content(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(first) = text.lines().next().filter(|line| line.starts_with("#!")) {
            let shell = ["/sh", "/bash", " bash", " sh", "/dash", "/zsh", "/ksh"];
            let words = first.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            return if shell.iter().any(|shell| words.ends_with(shell)) { Self::Shell } else { Self::Other };
        }
        let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')) else {
            return Self::Other;
        };
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if first.eq_ignore_ascii_case("FROM") && words.clone().next().is_some() && !line.ends_with(';') {
            return Self::Dockerfile;
        }
        if first.eq_ignore_ascii_case("ARG") && text.lines().any(|line| starts_with_word(line, "FROM")) {
            return Self::Dockerfile;
        }
        let blocks = ["resource", "variable", "terraform", "provider", "module", "locals", "data", "output"];
        if blocks.contains(&first) && line.ends_with('{') {
            return Self::Terraform;
        }
        if line == "---" || line.starts_with("apiVersion:") || line.starts_with("steps:") {
            return Self::Yaml;
        }
        if text.lines().any(|line| line.starts_with("```") || line.starts_with("## ")) {
            return Self::Prose;
        }
        Self::Other
    }
}

/// The lock files whose content is read.
const LOCKS: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "poetry.lock"];

fn starts_with_word(line: &str, word: &str) -> bool {
    line.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}

/// `.env`, `.env.production` and `prod.env`, and not what shows which variables there are (`.env.example`).
fn is_env_file(lower: &str) -> bool {
    const TEMPLATES: &[&str] =
        &["example", "sample", "template", "tmpl", "dist", "tpl", "defaults", "schema", "test", "ci"];
    let is_one = lower == ".env" || lower.starts_with(".env.") || lower.ends_with(".env");
    is_one && !lower.split(['.', '-', '_']).any(|word| TEMPLATES.contains(&word))
}

/// Whether the name of a `.txt` file says that it tells how to deploy.
fn names_runbook(lower: &str) -> bool {
    const WORDS: &[&str] = &["readme", "runbook", "deploy", "deployment", "install", "setup", "gcloud", "gcp"];
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// `Dockerfile`, `Dockerfile.*`, `Dockerfile-*`, `*.Dockerfile`, `Containerfile` and `Containerfile.*`, in any case.
/// `Dockerfile.md`, `dockerfile.go` and the like are files about Dockerfiles.
fn is_dockerfile(lower: &str) -> bool {
    const OTHER_LANGUAGES: &[&str] = &[
        "md", "go", "py", "js", "ts", "rs", "txt", "html", "json", "toml", "rb", "java", "lock", "orig", "rej", "swp",
        "j2", "jinja", "jinja2", "tpl", "tmpl", "template", "erb", "in", "mustache", "hbs", "xml", "adoc", "rst",
        "jsonl", "ndjson", "csv", "tsv", "sql", "log", "png", "svg", "zip", "gz", "patch", "diff",
    ];
    if let Some(rest) = lower.strip_prefix("dockerfile").or_else(|| lower.strip_prefix("containerfile")) {
        if rest.is_empty() {
            return true;
        }
        let suffix = rest.rsplit('.').next().unwrap_or_default();
        return matches!(rest.as_bytes()[0], b'.' | b'-' | b'_')
            && !(rest.contains('.') && OTHER_LANGUAGES.contains(&suffix));
    }
    lower.ends_with(".dockerfile") || lower.ends_with(".containerfile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_have_their_notation() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "a/Dockerfile.APIREST",
            "Dockerfile-dev",
            "app.dockerfile",
            "api.prod.Dockerfile",
            "Containerfile",
            "Containerfile.dev",
            "Dockerfile.production",
            "Dockerfile.local",
            "Dockerfile_worker",
        ] {
            assert_eq!(Notation::by_name(name), Notation::Dockerfile, "{name}");
        }
        for name in ["Dockerfile.md", "dockerfile_test.go", "Dockerfile.j2", "mydockerfile", "Dockerfiles/readme"] {
            assert_ne!(Notation::by_name(name), Notation::Dockerfile, "{name}");
        }
        assert_eq!(Notation::by_name("Dockerfile.dockerignore"), Notation::Ignore);
        assert_eq!(Notation::by_name("envs/prod.auto.tfvars"), Notation::TerraformVars);
        assert_eq!(Notation::by_name("main.tf.json"), Notation::TerraformJson);
        assert_eq!(Notation::by_name("main.tftest.hcl"), Notation::Other);
        assert_eq!(Notation::by_name("api/requirements-prod.txt"), Notation::Requirements);
        assert_eq!(Notation::by_name("DEPLOYMENT_PLAN.txt"), Notation::Prose);
        assert_eq!(Notation::by_name("CMakeLists.txt"), Notation::Other);
        assert_eq!(Notation::by_name("api/.env.production"), Notation::EnvFile);
        assert_eq!(Notation::by_name(".env.example"), Notation::Other);
        assert_eq!(Notation::by_name(".env.yaml"), Notation::Yaml);
        for name in ["Makefile", "api/makefile", "GNUmakefile", "deploy.mk"] {
            assert_eq!(Notation::by_name(name), Notation::Make, "{name}");
        }
        for name in ["justfile", "Justfile", ".justfile", "gcp.just"] {
            assert_eq!(Notation::by_name(name), Notation::Just, "{name}");
        }
        assert_eq!(Notation::by_name("Makefile.am"), Notation::Other);
    }

    #[test]
    fn content_decides_the_notation_of_files_with_other_names() {
        assert_eq!(Notation::by_content("#!/usr/bin/env bash\n"), Notation::Shell);
        assert_eq!(Notation::by_content("#!/usr/bin/env python3\n"), Notation::Other);
        assert_eq!(Notation::by_content("# c\nFROM alpine\n"), Notation::Dockerfile);
        assert_eq!(Notation::by_content("ARG X=1\nfrom alpine:$X\n"), Notation::Dockerfile);
        assert_eq!(Notation::by_content("from x import y;\n"), Notation::Other);
        assert_eq!(Notation::by_content("steps:\n- name: a\n"), Notation::Yaml);
        assert_eq!(Notation::by_content("resource \"a\" \"b\" {\n}\n"), Notation::Terraform);
        assert_eq!(Notation::by_content("# Plan\n\nText.\n\n```sh\na\n```\n"), Notation::Prose);
        assert_eq!(Notation::by_content(""), Notation::Other);
    }
}
