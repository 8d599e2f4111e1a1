//! Arbitrary bytes cause no panic and no hang; the file is named in the output, and the other files are still checked.

mod support;

use seaworthy::source::{Source, Sources, Tree};
use seaworthy::{Config, Report, lint};
use std::fmt::Write as _;
use support::{Scratch, run};

/// One small file in each notation, with most constructs that are read.
const FILES: &[(&str, &str)] = &[
    (
        "Dockerfile",
        "# syntax=docker/dockerfile:1\nARG V=3.13\nFROM --platform=linux/amd64 python:${V}-slim AS b\nRUN <<EOF\ncurl -fsSL https://x.y | sh\nEOF\nRUN apt-get update && \\\n  # why\n  apt-get install -y \"curl\" 'jq=1'\nENV A=\"b c\" TOKEN=s3cretvalue\nCOPY --from=b --chown=1:1 [\"a b\", \"/c\"]\nFROM b\nCOPY . .\nHEALTHCHECK --interval=5s CMD curl -f http://x || exit 1\nUSER ${U:-root}\n# seaworthy: ignore[latest-tag, é] until=2027-01-31 -- why\nCMD gunicorn -b :5000 $APP\n",
    ),
    (
        "cloudbuild.yaml",
        "steps:\n- name: 'gcr.io/cloud-builders/docker'\n  args: ['build', '-t', \"gcr.io/$PROJECT_ID/x:${_TAG:-1}\", '-f', \"d/Dockerfile\", .]\n- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  entrypoint: bash\n  args:\n  - -c\n  - |\n    X=1; gcloud run deploy web --image a/b:$$X --set-env-vars=^;^A=b;P=c \\\n      --allow-unauthenticated\n  wait_fr: [a]\nsubstitutions: {_Y: &y z, <<: *y}\ntimeout: 1200s # seaworthy: ignore-file[build-no-timeout]\n",
    ),
    (
        "service.yaml",
        "---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {run.googleapis.com/ingress: all}\nspec:\n  template:\n    metadata:\n      annotations:\n        autoscaling.knative.dev/maxScale: \"500\"\n    spec:\n      containers:\n      - image: x/y:latest\n        env:\n        - {name: TOKEN, value: >-\n            abcdef}\n        startupProbe: {httpGet: {path: /, port: 1}, timeoutSeconds: 9, periodSeconds: 3}\n---\nnot: ours\n",
    ),
    (
        ".github/workflows/deploy.yml",
        "on: {push: {branches: [main]}, workflow_dispatch: {inputs: {tag: {type: string}}}}\npermissions: {id-token: write, contents: read}\nenv: {R: &r europe-west1, I: \"a.pkg.dev/b/${{ env.R || 'x' }}\"}\ndefaults: {run: {shell: bash, working-directory: app}}\njobs:\n  deploy:\n    runs-on: [ubuntu-24.04]\n    environment: {name: \"${{ inputs.tag }}\"}\n    if: github.ref == 'refs/heads/main' && !cancelled()\n    needs: test\n    steps:\n    - &c {uses: actions/checkout@v5, with: {path: é}}\n    - id: m\n      uses: docker/metadata-action@v5\n      with: {images: \"${{ env.I }}/web\"}\n    - uses: docker/build-push-action@v6\n      with:\n        context: \"{{defaultContext}}:api\"\n        tags: |\n          ${{ steps.m.outputs.tags }}\n          # é\n        build-args: A=${{ secrets.A }}\n    - uses: google-github-actions/deploy-cloudrun@v3\n      continue-on-error: ${{ fromJSON('true') }}\n      with:\n        service: web\n        image: ${{ steps.m.outputs.tags }}\n        env_vars: \"A=b\\\\,c, TOKEN=${{ format('{0}', secrets.T) }}\"\n        secrets: P=p:latest\n        flags: '--memory=1Gi --labels \"a=b\" --max-instance 3'\n    - run: |\n        echo \"X=${{ github.event.commits[0].message }}\" >> $GITHUB_ENV\n        gcloud run deploy web --image \"$I\" \\\n          --region ${{ env['R'] }}\n      env: {<<: *c, X: !!str 1}\n    - *c\n  call: {uses: ./.github/workflows/x.yml, secrets: inherit, concurrency: {group: a, cancel-in-progress: true}}\n",
    ),
    (
        "clouddeploy.yaml",
        "apiVersion: deploy.cloud.google.com/v1\nkind: DeliveryPipeline\nmetadata: {name: é}\nserialPipeline:\n  stages: [{targetId: a}, {targetId: &t b}]\n---\napiVersion: deploy.cloud.google.com/v1\nkind: Target\nmetadata: {name: b}\nrequireApproval: ${A}\n",
    ),
    (
        "k8s/app.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: &n web}\nspec:\n  replicas: 1\n  selector: {matchLabels: &l {app: *n}}\n  strategy: {type: Recreate}\n  template:\n    metadata: {labels: *l}\n    spec:\n      hostPID: true\n      initContainers: &c\n      - image: é:latest\n        securityContext: {privileged: true}\n      containers: *c\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {kind: Deployment, name: web}}\n---\nkind: Kustomization\nimages: [{name: a, newTag: b}]\npatches: [{target: {kind: Deployment}, patch: \"- path: /spec/replicas\"}]\n",
    ),
    (
        ".github/actions/setup/action.yml",
        "runs:\n  using: composite\n  steps:\n  - run: curl -sSL https://x.y | bash -s ${{ inputs.a }} # seaworthy: ignore[curl-pipe-shell]\n    shell: bash -e {0}\n  - run: Write-Host é\n    shell: pwsh\n",
    ),
    (
        "compose.yaml",
        "x-a: &a {restart: always, environment: &e {TOKEN: s3cretvalue, B: \"${B:-x}\"}}\ninclude: [a.yaml, {path: [b.yaml]}]\nservices:\n  web:\n    <<: *a\n    image: \"nginx:${TAG:-latest}\" # seaworthy: ignore[latest-tag]\n    build: {context: d, dockerfile: é, target: \"${T}\", args: [A=b, C]}\n    ports: !override [\"${P:-80}:80\", \"127.0.0.1:5432:5432/tcp\", \"[::1]:1-3:1-3\", {target: 1, published: \"2-3\"}, 9]\n    scale: 2\n    container_name: é\n  db:\n    extends: {service: web, file: c.yaml}\n    image: postgres\n    environment: [P=\"$$x\", \"Q\"]\n    depends_on: {web: {condition: service_healthy}}\n    deploy: {replicas: 3, resources: {limits: {memory: 1g}}, restart_policy: {condition: any}}\n  c: {extends: d}\n  d: {extends: c, depends_on: [db], profiles: [x]}\n",
    ),
    (
        "main.tf",
        "variable \"n\" { default = 5 }\nlocals { r = [for x in [\"a\", \"b\"] : \"${x}-${var.n}\" if x != \"a\"] }\nprovider \"google\" {}\nresource \"google_cloud_run_v2_service\" \"s\" {\n  name = \"s-${local.r[0]}\"\n  template {\n    dynamic \"containers\" {\n      for_each = toset(local.r)\n      content { image = containers.value }\n    }\n  }\n}\nresource \"google_project_iam_member\" \"m\" {\n  role   = \"roles/editor\" # checkov:skip=CKV_GCP_49: é\n  member = <<-E\n    user:a\n  E\n}\n",
    ),
    (
        "deploy.sh",
        "#!/bin/bash\nset -e\nARGS=(--region \"$R\" --cpu=1)\nif [[ -n $A ]]; then ARGS+=(--max-instances=3); fi\ngcloud run deploy \"${NAME:-web}\" --image=\"$I\" \"${ARGS[@]}\" <<EOF\n$(x)\nEOF\ngcloud functions deploy f --runtime=nodejs16 --set-env-vars=\"A=$B\" --ingress-settings internal-only\ncat y | bash -s -- $((1+2))\n",
    ),
    (
        "main.tf.json",
        "{\"resource\": {\"google_cloudfunctions2_function\": {\"f\": {\"service_config\": {\"environment_variables\": {\"A\": \"${var.x}\"}}}}, \"google_storage_bucket\": {\"b\": {\"name\": \"${var.x}\", \"location\": \"EU\"}}}}\n",
    ),
    (
        "terraform.tfvars",
        "# é\nregion = \"europe-west1\"\nn      = 5\nsecrets = {\n  token = \"s3cret${1 + 2}\"\n}\nlist = [\n  \"a\", # b\n  <<-E\n    c\n  E\n]\n",
    ),
    ("prod.tfvars.json", "{\"n\": 5, \"secrets\": {\"token\": \"s3cretvalue\"}, \"list\": [\"a\", null]}\n"),
    (".terraform.lock.hcl", "provider \"registry.terraform.io/hashicorp/google\" {\n  version = \"6.0.0\"\n}\n"),
    (
        "README.md",
        "# Build é\n\n```sh\nR=eu; gcloud builds submit --substitutions=_TAG=1 .\n```\n\n1. Deploy\n\n   ```console\n   $ gcloud run deploy <service é> --image gcr.io/PROJECT/{image}:[TAG] \\\n   >   --region $R --set-env-vars K=your-key,A=... [FLAGS]\n   done\n   ```\n\n> ~~~{.yaml}\n> steps:\n> - name: docker\n> ~~~\n\n\tgcloud %ID%\n\n```tf\nresource \"google_storage_bucket\" \"b\" {}\n```\n```docker\nFROM a\nRUN <<E\nb\nE\n```\n<!-- seaworthy: ignore[latest-tag] -->\n",
    ),
    (".env", "# é\nexport DB_PASSWORD=\"Tr0ub4dor-7é\" # c\nA='b\n=\nTOKEN=$A\n"),
    (
        "Makefile",
        "# é\nR ?= eu\nI := \"gcr.io/p/$(R)/é:$(shell git rev-parse HEAD)\"\nF += --x \\\n  --y\nifeq ($(E),prod)\nF = $(F) ${G}\nelse\nF = b\nendif\ndefine D\na:\n\tb\nendef\n-include x.mk\nexport\n.PHONY: deploy\ndeploy: R = us\ndeploy: build | c ; echo $$x\n\t@-gcloud run deploy web \\\n\t\t--image=$(I) '$(F)' \"é$$HOME\" # seaworthy: ignore[latest-tag]\n\n\tcd a && docker build -t $@ $(CURDIR)\n%.o: %.c\n\tcc $<\n",
    ),
    (
        "justfile",
        "# é\nset shell := ['bash', '-c']\nr := 'eu'\ni := r + \"-docker.pkg.dev\" / `id` / 'é'\nexport K := env_var('K')\nm := if r == 'a' {\n  'b'\n} else { 'c' }\n[private]\n@deploy env='a:b' +flags: build (push 'x')\n    -gcloud run deploy web \\\n        --image={{i}} {{flags}} '{{ r }}' {{{{x}}\n\n    echo é\nb:\n\t#!/usr/bin/env bash\n\tif a; then\n\t  docker build .\n\tfi\n",
    ),
    (
        "Taskfile.yml",
        "version: '3'\nvars: &v\n  R: eu\n  I: 'gcr.io/{{.R}}/é:{{ .T | default \"v1\" }}'\n  S: {sh: date}\nenv: *v\ntasks:\n  a: docker run x\n  deploy:\n    deps: [b, {task: a, vars: {R: us}}]\n    vars: {<<: *v, Q: [1]}\n    dir: '{{.D}}'\n    cmds:\n    - task: a\n    - cmd: |\n        gcloud run deploy web --image={{.I}} \\\n          --region \"{{.R}}\" {{if .X}}--x{{end}} $R\n      ignore_error: true\n    - defer: {{.S}}\n",
    ),
    ("requirements.txt", "flask\n-r x.txt\nredis[hiredis]>=4 \\\n  --hash=sha256:0\n"),
    (
        "package.json",
        "{\n\t\"scripts\": {\"é\": \"node .\"},\n\t\"dependencies\": {\"a\": \"^1.2.3\", \"b\": \"file:../b\"}\n}\n",
    ),
    (
        "package-lock.json",
        "{\"lockfileVersion\": 3, \"packages\": {\"\": {}, \"node_modules/é\": {\"version\": \"1.2.3\"}}}\n",
    ),
    (
        "pyproject.toml",
        "[project]\nname = \"é\"\ndependencies = [\"a[b]>=1; x\"]\n[tool.poetry.dependencies]\nb = {version = \"^1\"}\n",
    ),
    ("Pipfile", "[packages]\nflask = \"*\"\n"),
    ("yarn.lock", "\"@é/b@^1\", c@2:\n  version \"1\"\n"),
    ("pnpm-lock.yaml", "importers:\n  .:\n    dependencies:\n      é:\n        specifier: ^1\npackages:\n"),
    ("uv.lock", "[[package]]\nname = \"é\"\nversion = \"1\"\n"),
    (".dockerignore", "*\n!src/**\n# c\n[a\n"),
];

/// Files that give the one under test more readers: values need a module.
const NEIGHBOURS: &[(&str, &str)] =
    &[("variables.tf", "variable \"n\" {}\nvariable \"secrets\" {}\nvariable \"list\" {}\n")];

#[test]
fn there_is_a_file_in_every_notation() {
    use seaworthy::source::Notation;
    let known: std::collections::BTreeSet<Notation> = FILES.iter().map(|(path, _)| Notation::by_name(path)).collect();
    let missing: Vec<Notation> = Notation::ALL.into_iter().filter(|notation| !known.contains(notation)).collect();
    assert_eq!(missing, [Notation::Other], "an unknown notation is not read");
}

fn check(files: Vec<Source>) -> Report {
    let neighbours = NEIGHBOURS.iter().map(|(path, text)| Source::new(*path, *text));
    let files: Vec<Source> = neighbours.chain(files).collect();
    let sources = Sources::new(files, Tree::default(), Vec::new());
    lint(&sources, &Config { profile: Some(seaworthy::catalogue::Profile::Strict), ..Config::default() })
}

#[test]
fn files_that_are_cut_at_any_byte_cause_no_panic() {
    for (name, text) in FILES {
        for end in 0..=text.len() {
            check(vec![Source::from_bytes(*name, text.as_bytes()[..end].to_vec())]);
        }
    }
}

#[test]
fn files_with_random_changes_cause_no_panic() {
    // A fixed seed, so that a failure can be reproduced.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    const PIECES: &[&str] = &[
        "\"", "'", "{", "}", "$", "${", "\\\n", "<<E\n", "\u{feff}", "é", "\0", "\r\n", "- ", ": ", "#", "\u{fffc}",
        "[", "(", "`", "&a ", "*a", "|\n",
    ];
    for round in 0..400 {
        for (name, text) in FILES {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=round % 4 {
                let at = random() as usize % (bytes.len() + 1);
                match random() % 3 {
                    0 if at < bytes.len() => bytes[at] = random() as u8,
                    1 => {
                        let piece = PIECES[random() as usize % PIECES.len()];
                        bytes.splice(at..at, piece.bytes());
                    }
                    _ => {
                        let end = (at + random() as usize % 9).min(bytes.len());
                        bytes.drain(at..end);
                    }
                }
            }
            check(vec![Source::from_bytes(*name, bytes)]);
        }
    }
}

/// A workflow of one job with one script, on one line.
fn job_of_script(script: &str) -> String {
    format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: >-\n        gcloud {script}\n")
}

/// Services of which each extends the next one.
fn chain_of_services(length: usize) -> String {
    let services: String = (0..length).map(|at| format!("  s{at}: {{extends: s{}, image: a}}\n", at + 1)).collect();
    format!("services:\n{services}")
}

#[test]
fn deep_nesting_causes_no_stack_overflow() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let texts = [
        ("service.yaml", format!("apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {}\n", deep("[", "]"))),
        ("a.yaml", format!("steps:\n- name: a/b\n  args: {}\n", deep("{a: ", "}"))),
        ("main.tf", format!("locals {{\n  a = {}\n}}\n", deep("[", "]"))),
        ("b.tf", deep("a {\n", "}\n")),
        ("c.tf", format!("a = {}1{}\n", "(".repeat(100_000), ")".repeat(100_000))),
        ("d.tf.json", deep("{\"a\":", "}")),
        ("x.sh", deep("$(", ")")),
        ("y.sh", deep("if a; then ", "fi;")),
        ("Dockerfile", format!("FROM a\nRUN {}\n", deep("(", ")"))),
        ("Dockerfile.b", format!("FROM a{}\n", "${A:-".repeat(50_000))),
        ("Dockerfile.c", format!("FROM {}a{}\n", "${A:-".repeat(50_000), "}".repeat(50_000))),
        ("e.tf", format!("a = \"{}\"\n", "${\"".repeat(50_000))),
        (".github/workflows/a.yml", format!("jobs:\n  a: {}\n", deep("[", "]"))),
        (".github/workflows/b.yml", format!("jobs: {}\n", deep("{a: ", "}"))),
        (".github/workflows/c.yml", job_of_script(&deep("$(", ")"))),
        (".github/workflows/d.yml", job_of_script(&format!("${{{{ {} }}}}", deep("(", ")")))),
        (".github/workflows/e.yml", job_of_script(&format!("${{{{ {}a }}}}", "!".repeat(1_000)))),
        (".github/workflows/f.yml", job_of_script(&format!("${{{{ {}a{} }}}}", "f(".repeat(999), ")".repeat(999)))),
        (".github/workflows/g.yml", job_of_script(&format!("${{{{ {}a{} }}}}", "a[".repeat(999), "]".repeat(999)))),
        (".github/workflows/h.yml", job_of_script(&format!("${{{{ {}a }}}}", "a || ".repeat(499)))),
        (".github/workflows/i.yml", job_of_script(&"${{ '".repeat(50_000))),
        (".github/workflows/j.yml", job_of_script(&"${{ format('{0}', ".repeat(10_000))),
        ("a.md", format!("{}gcloud run deploy a\n", "> ".repeat(100_000))),
        ("b.md", format!("{}```\ngcloud run deploy a\n", "- ".repeat(100_000))),
        ("c.md", format!("```sh\ngcloud {}\n```\n", deep("$(", ")"))),
        ("d.md", format!("```yaml\nsteps:\n- name: a/b # gcloud \n  args: {}\n```\n", deep("[", "]"))),
        ("e.md", format!("gcloud {}\n", deep("[", "]"))),
        (
            "k8s/a.yaml",
            format!(
                "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers: {}\n",
                deep("[", "]")
            ),
        ),
        ("compose.yaml", format!("services: {}\n", deep("{a: ", "}"))),
        ("compose.a.yaml", format!("services:\n  a:\n    ports: {}\n", deep("[", "]"))),
        ("compose.b.yaml", format!("services:\n  a:\n    image: {}\n", "${A:-".repeat(50_000))),
        ("compose.c.yaml", chain_of_services(10_000)),
        (".github/actions/a/action.yml", format!("runs:\n  using: composite\n  steps: {}\n", deep("[", "]"))),
    ];
    for (name, text) in texts {
        check(vec![Source::new(name, text)]);
    }
}

#[test]
fn values_that_double_at_every_level_cause_no_hang() {
    let mut yaml = String::from("apiVersion: serving.knative.dev/v1\nkind: Service\na: &a0 [x, x]\n");
    let mut terraform = String::from("locals {\n  a0 = [\"x\", \"x\"]\n  s0 = \"xxxxxxxxxxxxxxxx\"\n");
    let mut dockerfile = String::from("ARG A0=xxxxxxxxxxxxxxxx\n");
    let mut workflow =
        String::from("jobs:\n  a:\n    steps:\n    - {id: s0, uses: docker/metadata-action@v5, with: {images: x/y}}\n");
    for level in 1..64 {
        let below = level - 1;
        let _ = writeln!(yaml, "b{level}: &a{level} [*a{below}, *a{below}]");
        let _ = writeln!(
            terraform,
            "  a{level} = concat(local.a{below}, local.a{below})\n  s{level} = \"${{local.s{below}}}${{local.s{below}}}\""
        );
        let _ = writeln!(dockerfile, "ARG A{level}=$A{below}$A{below}");
        let below = format!("${{{{ steps.s{below}.outputs.tags }}}}");
        let _ = writeln!(
            workflow,
            "    - {{id: s{level}, uses: docker/metadata-action@v5, with: {{images: \"{below}{below}\"}}}}"
        );
    }
    terraform.push_str(
        "}\nresource \"google_storage_bucket\" \"b\" {\n  name = join(\",\", local.a63)\n  location = local.s63\n}\n",
    );
    dockerfile.push_str("FROM $A63\n");
    workflow.push_str("    - run: docker pull ${{ steps.s63.outputs.tags }}\n");
    let pipeline = format!(
        "{}\nsteps: [{{name: a/b, args: *a63}}]\noptions: *a63\n",
        yaml.lines().skip(2).collect::<Vec<_>>().join("\n")
    );
    check(vec![Source::new("cloudbuild.yaml", pipeline)]);
    check(vec![Source::new("service.yaml", yaml)]);
    check(vec![Source::new("main.tf", terraform)]);
    check(vec![Source::new("Dockerfile", dockerfile)]);
    check(vec![Source::new(".github/workflows/a.yml", workflow)]);
    let aliases: String = (1..64).map(|level| format!("x{level}: &x{level} [*x{0}, *x{0}]\n", level - 1)).collect();
    let services = format!("x0: &x0 [{{target: 5432}}]\n{aliases}services: {{a: {{image: postgres, ports: *x63}}}}\n");
    check(vec![Source::new("compose.prod.yaml", services)]);
    let variables: String = (0..3_000).map(|at| format!("  V{at}: x\n")).collect();
    let services: String = (0..3_000).map(|at| format!("  s{at}: {{image: a, environment: *e}}\n")).collect();
    check(vec![Source::new("compose.prod.yaml", format!("x-e: &e\n{variables}services:\n{services}"))]);
    let aliases = format!("x0: &x0 [{{run: gcloud}}]\n{aliases}jobs: {{a: {{steps: *x63, needs: *x63}}}}\non: *x63\n");
    check(vec![Source::new(".github/workflows/a.yml", aliases)]);
}

#[test]
fn a_broken_file_hides_no_finding_of_other_files() {
    let report = check(vec![
        Source::new("a/Dockerfile", "FROM python\nFOO bar\nUSER 1\n"),
        Source::new(
            "b/main.tf",
            "resource \"x\" \"y\" {\n  a = = 1\n}\nresource \"google_project_iam_member\" \"m\" {\n  role = \"roles/owner\"\n}\n",
        ),
        Source::new("c/cloudbuild.yaml", "steps:\n- name: ubuntu\n   args: [a]\n"),
        Source::new("e/compose.yaml", "services:\n  a:\n    image: b\n   c: d\n"),
        Source::new(".github/workflows/d.yml", "on: push\njobs:\n  a:\n    steps:\n    - uses: a/b@v1\n     run: c\n"),
    ]);
    let found: Vec<_> = report.findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!(found.iter().filter(|rule| **rule == "syntax-error").count(), 5, "{found:?}");
    assert!(found.contains(&"unpinned-base-image") && found.contains(&"overbroad-iam"), "{found:?}");
}

#[test]
fn byte_order_marks_and_line_ends_change_only_offsets() {
    let text = FILES[0].1;
    let lines = |report: &Report, files: &str| {
        let sources = Sources::new(vec![Source::new("Dockerfile", files)], Tree::default(), Vec::new());
        report.findings.iter().map(|finding| (finding.rule, sources.start(finding.span))).collect::<Vec<_>>()
    };
    let plain = check(vec![Source::new("Dockerfile", text)]);
    assert!(plain.findings.len() > 4);
    for changed in [format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
        let report = check(vec![Source::new("Dockerfile", changed.as_str())]);
        assert_eq!(lines(&report, &changed), lines(&plain, text), "{changed}");
    }
}

#[test]
#[cfg(unix)]
fn unreadable_files_are_named_and_the_others_are_checked() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::with(&[
        ("ok/Dockerfile", "FROM python\nUSER 1\n"),
        ("empty/Dockerfile", ""),
        ("folder/Dockerfile/x.txt", ""),
    ]);
    scratch.write("binary/Dockerfile", &[0x7f, b'E', b'L', b'F', 0, 1, 2]);
    scratch.write("latin/Dockerfile", b"# caf\xe9\nFROM node\nUSER 1\n");
    scratch.write("latin/main.tf", b"# caf\xe9\n");
    scratch.write("wide/main.tf", &"locals {}\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    scratch.write("large/Dockerfile", &vec![b'#'; 100 << 20]);
    scratch.write("closed/main.tf", b"locals {}\n");
    let closed = scratch.0.join("closed/main.tf");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).expect("chmod");
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9");
    std::fs::create_dir(scratch.0.join(odd)).expect("a folder");
    std::fs::write(scratch.0.join(odd).join("Dockerfile"), "FROM node\n").expect("a file");
    symlink("..", scratch.0.join("ok/loop")).expect("a link");
    symlink("nowhere", scratch.0.join("Dockerfile.gone")).expect("a link");
    symlink("/etc", scratch.0.join("etc")).expect("a link");
    let (code, out, err) = run(&scratch.0, &["check", "--format", "concise"]);
    assert_eq!(code, 1);
    let expect = |text: &str, of: &str| assert!(of.contains(text), "{text}\n--- out\n{out}\n--- err\n{err}");
    expect("ok/Dockerfile:1:6 warning[unpinned-base-image]", &out);
    expect("latin/Dockerfile:2:6 warning[unpinned-base-image]", &out);
    expect("latin/main.tf:1:6 error[unreadable-file] this file is not UTF-8", &out);
    expect("empty/Dockerfile:1:1 error[syntax-error]", &out);
    expect("binary/Dockerfile:1:1 error[syntax-error] syntax error: unknown instruction", &out);
    expect(
        "wide/main.tf:1:1 warning[unreadable-file] this file can't be checked: it contains bytes with the value",
        &out,
    );
    expect("large/Dockerfile:1:1 warning[unreadable-file] this file can't be checked: 100 MiB", &out);
    expect("note: folder/Dockerfile: not analysed: it is not a regular file", &err);
    expect("not analysed: its name is not UTF-8", &err);
    expect("note: latin/Dockerfile: is not UTF-8 from line 1 on", &err);
    assert!(!out.contains("etc/"), "{out}");
    // Root can read every file.
    if std::fs::read(&closed).is_err() {
        expect("closed/main.tf:1:1 error[unreadable-file] this file can't be checked: ", &out);
    }
}

#[test]
fn invalid_configuration_and_baselines_cause_no_panic() {
    let text = "extend = [\"b.toml\"]\nprofile = \"strict\"\nfail-on = \"info\"\nexclude = [\"a/\", \"*.tf\"]\nbaseline = \"x.json\"\n\
                [rules]\nroot-user = \"off\"\nmissing-max-instances = { severity = \"error\", max = 0x14 }\n[environments]\ntest = [\"q\"]\n\
                [[overrides]]\npaths = [\"l/\"]\nrules = { latest-tag = \"info\" }\n[suppressions]\nunignorable = [\"secret-literal\"]\n\
                require-reason = true\nmax-expiry-days = 30\n";
    let load = |text: &str| {
        let found = [seaworthy::config::Found { folder: String::new(), path: "seaworthy.toml".to_owned() }];
        let read = |path: &str| if path == "seaworthy.toml" { Ok(text.to_owned()) } else { Ok(String::new()) };
        let (cascade, problems) = seaworthy::config::load(&found, "", &read);
        for problem in &problems {
            let (end, message) = (problem.at.range.end, problem.to_string());
            assert!(end <= text.len() + 1 && !message.is_empty(), "{message} at {end} of {text:?}");
            let _ = problem.help();
        }
        let _ = cascade.view("l/Dockerfile").decide("root-user", seaworthy::catalogue::Profile::Strict, None);
    };
    load(text);
    for cut in 0..text.len() {
        load(&text[..cut]);
        for replaced in ["\"", "[", "]", "{", "=", "\n", ".", "-", "\u{feff}", "é"] {
            load(&format!("{}{replaced}{}", &text[..cut], &text[cut + 1..]));
        }
    }
    load(&"[".repeat(100_000));
    load(&format!("rules = {}", "{a=".repeat(50_000)));
    for text in ["", "{", "[]", "{\"schema\": 1}", "{\"schema\": 1, \"findings\": [{}]}", &"[".repeat(100_000)] {
        assert!(seaworthy::suppress::Baseline::parse(text).is_err(), "{text:.40}");
    }
}
